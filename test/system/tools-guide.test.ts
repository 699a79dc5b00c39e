import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { freePort } from "../../scripts/free-port";
import { endedTurn, execute, readEvents } from "../support/agent-task";
import { Command } from "../support/command";
import { DevServer } from "../support/dev-server";
import { guide } from "../support/guide";
import { type HeldRoad, startHeldRoad } from "../support/held-road";
import { answer, gate, round, text, wait } from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { Server } from "../support/server";
import { toolTeam } from "../support/tool-team";
import { until } from "../support/until";
import { WireUser } from "../support/wire-client";

const page = guide("tools.md");
const [, shopCode = ""] = /^```js\n([\s\S]*?)^```$/m.exec(page) ?? [];
const charged = z.object({ key: z.string(), amount: z.number() });

let models: ModelServer;
let folder: string;
let port: number;
let shop: Command;

/** The guide's own tool server, in a folder of its own; a second one goes on with the same charges. */
async function openShop(): Promise<void> {
  shop = new Command("bash", ["-c", `cd ${folder} && exec "${process.execPath}" shop.mjs`]);
  const isThere = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
  await until("the shop is open", isThere);
}

async function killShop(): Promise<void> {
  shop.child.kill("SIGKILL");
  await shop.end();
}

function charges(): z.infer<typeof charged>[] {
  const ledger = join(folder, "charges.jsonl");
  const lines = existsSync(ledger) ? readFileSync(ledger, "utf8").trim().split("\n") : [];
  return lines.map((line) => charged.parse(JSON.parse(line)));
}

beforeAll(async () => {
  models = await startModelServer();
});
afterAll(() => models.close());

beforeEach(async () => {
  port = await freePort();
  folder = mkdtempSync(join(tmpdir(), "taskroom-shop-"));
  writeFileSync(join(folder, "shop.mjs"), shopCode.replaceAll("4100", String(port)));
  await openShop();
});
afterEach(async () => {
  await killShop();
  rmSync(folder, { recursive: true, force: true });
});

it("the guide's server, ghost and approval work as pasted", async () => {
  models.script(round("I charge you.", "charge", { amount: 5 }), answer("Thank you."));
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);
  expect(blocks).toHaveLength(2);
  const server = inject("shared").production;
  const here = blocks
    .join("\n")
    .replaceAll("http://localhost:8787", server.url)
    .replaceAll("http://localhost:11434/v1", models.url)
    .replaceAll("localhost:4100", `127.0.0.1:${port}`);
  const run = new Command("bash", ["-c", `set -eu\n${here}`]);
  expect(await run.end(), run.stderr).toBe(0);
  const answers = run.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(answers).toMatchObject([
    ...[{ kind: "Model" }, { kind: "Ghost" }, { kind: "Bot" }, { kind: "Team" }],
    { turn: { id: expect.any(String), taskId: expect.any(String) } },
  ]);
  const { id, taskId } = answers.at(-1).turn;
  const alice = await WireUser.of(new Server(server), "alice");
  const turn = await endedTurn(alice, taskId, id);
  expect(turn.status).toBe("COMPLETED");
  expect(charges()).toMatchObject([{ amount: 5 }]);
  const [decision] = await readEvents(alice, taskId, "tool:decision");
  expect(decision?.data).toMatchObject({ approve: true, by: "alice", note: "It was ordered" });
});

describe("with a runtime that is killed in the middle of a turn, a charge is made once", () => {
  let server: DevServer;
  let road: HeldRoad;
  let sellers = 0;

  beforeAll(async () => {
    server = await DevServer.start({
      bundle: inject("shared").bundles.production,
      isQuiet: true,
      vars: {
        ALLOW_PRIVATE_TARGETS: "true",
        RETRY_INITIAL_MS: "20",
        SECRETS_KEY: randomBytes(32).toString("base64"),
      },
    });
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    road = await startHeldRoad(port);
  });
  afterEach(() => road.close());

  /** Begins a turn of a new user, whose ghost has the shop with these rules. */
  async function begin(rules: object = {}) {
    const user = await WireUser.of(server, `seller-${++sellers}`);
    const teamRef = await toolTeam(user, models, { shop: { url: road.url, ...rules } });
    const taskId = await user.newTask({ teamRef });
    const turnId = await execute(user, taskId, "Charge 5");
    const results = () => readEvents(user, taskId, "tool:result");
    return { ended: () => endedTurn(user, taskId, turnId), results };
  }

  const told = () => JSON.stringify(models.requests.at(-1)?.body.messages);

  it("while the model writes what came of it: the next attempt goes on after the result", async () => {
    const writes = gate();
    models.script(round("", "charge", { amount: 5 }), [text("Cha"), wait(writes)]);
    models.script(answer("Charged."));
    const { ended, results } = await begin();
    await writes.reached;
    await server.killRuntime();
    expect((await ended()).status).toBe("COMPLETED");
    writes.open();
    expect(charges()).toMatchObject([{ amount: 5 }]);
    expect(road.keys).toHaveLength(1);
    expect(await results()).toMatchObject([{ data: { output: "Charged 5." } }]);
    expect(told()).toContain("Charged 5.");
  });

  it("while its result is on the way: nobody knows of it, so it is not made again", async () => {
    const onTheWay = gate();
    road.holdNext(onTheWay);
    models.script(round("", "charge", { amount: 5 }), answer("I do not know."));
    const { ended, results } = await begin();
    await onTheWay.reached;
    await server.killRuntime();
    onTheWay.open();
    expect((await ended()).status).toBe("COMPLETED");
    expect(charges()).toMatchObject([{ amount: 5 }]);
    expect(road.keys).toHaveLength(1);
    expect(await results()).toMatchObject([
      { data: { error: expect.stringContaining("its outcome is unknown") } },
    ]);
    expect(told()).toContain("its outcome is unknown");
  });

  it("the shop killed with it: made again under its key, which the shop's ledger knows", async () => {
    const onTheWay = gate();
    road.holdNext(onTheWay);
    models.script(round("", "charge", { amount: 5 }), answer("Charged."));
    const { ended, results } = await begin({ onLost: "repeat" });
    await onTheWay.reached;
    await killShop();
    await openShop();
    await server.killRuntime();
    onTheWay.open();
    expect((await ended()).status).toBe("COMPLETED");
    expect(charges()).toEqual([{ key: road.keys[0], amount: 5 }]);
    expect(road.keys).toEqual([road.keys[0], road.keys[0]]);
    expect(await results()).toMatchObject([{ data: { output: "Charged 5." } }]);
  });
});
