import { createServer, type Server as HttpServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { endedTurn, execute, readEvents } from "../support/agent-task";
import { Deployer } from "../support/deployer";
import { DevServer } from "../support/dev-server";
import { guide } from "../support/guide";
import { answer, gate, status, text, wait } from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { WireUser } from "../support/wire-client";

const page = guide("your-own-agent-in-code.md");
const EXAMPLE_API = "https://weather.example.com/now";

/** The files that the guide shows, by the name that it gives them last before their text. */
function filesOf(guideText: string): Record<string, string> {
  const files: Record<string, string> = {};
  let before = "";
  for (const part of guideText.split(/^```/m)) {
    const name = [...before.matchAll(/`src\/own\/(\w+\.ts)`/g)].at(-1)?.[1];
    if (part.startsWith("ts\n")) files[name ?? ""] = part.slice("ts\n".length);
    else before += part;
  }
  return files;
}

const resource = z.object({ metadata: z.object({ name: z.string() }), spec: z.looseObject({}) });
const resources = z.object({ shell: resource, bot: resource, team: resource });

let api: HttpServer;
const asked: string[] = [];
let models: ModelServer;
let deployer: Deployer;
let server: DevServer;
let alice: WireUser;

beforeAll(async () => {
  api = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("rain, 11 °C");
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const address = api.address();
  if (typeof address !== "object" || !address) throw new Error("the API has no port");
  models = await startModelServer();
  const files = Object.entries(filesOf(page)).map(([name, code]) => [
    name,
    code.replace(EXAMPLE_API, `http://127.0.0.1:${address.port}/now`),
  ]);
  deployer = new Deployer(Object.fromEntries(files));
  server = await DevServer.start({
    bundle: await deployer.bundle(),
    vars: {
      DEFAULT_MODEL_BASE_URL: models.url,
      DEFAULT_MODEL: "m-1",
      RETRY_INITIAL_MS: "20",
    },
  });
  alice = await WireUser.of(server, "alice");
});

afterAll(async () => {
  await server?.stop();
  deployer?.remove();
  await models?.close();
  api?.close();
});

/** A task of a team as the guide has it, for another of its agents. */
async function taskOf(agent: string): Promise<string> {
  const [, text = ""] = /^```json\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const { shell, bot, team } = resources.parse(JSON.parse(text.replaceAll("weather", agent)));
  await alice.ask(z.unknown(), "POST", "/shells", shell);
  await alice.ask(z.unknown(), "POST", "/bots", bot);
  await alice.ask(z.unknown(), "POST", "/teams", team);
  return alice.newTask({ teamRef: `alice/${agent}` });
}

describe("[A11] the guide to an agent in code", () => {
  it("shows four files that pass the service's own type check", async () => {
    const files = filesOf(page);
    expect(Object.keys(files)).toEqual(["counter.ts", "weather.ts", "agents.ts", "joiner.ts"]);
    expect(files["counter.ts"]?.trimEnd().split("\n").length).toBeLessThanOrEqual(20);
    expect(await deployer.typeFaults()).toBe("");
  });

  it("has an agent that answers without a model, with its log", async () => {
    const taskId = await taskOf("counter");
    const turn = await endedTurn(alice, taskId, await execute(alice, taskId, "two words"));
    expect(turn).toMatchObject({
      status: "COMPLETED",
      steps: [{ result: { output: "1. two\n2. words\n", data: { words: 2 } } }],
    });
    const logs = await readEvents(alice, taskId, "log");
    expect(logs.map(({ data }) => data.message)).toContain("Attempt 1 begins");
    expect(models.requests).toEqual([]);
  });

  it("has one that calls its model twice and an API between, and whose turn pays both calls", async () => {
    models.script(answer("Oslo"), status(503), answer("Oslo"), answer("It rains in Oslo."));
    const taskId = await taskOf("weather");
    const turn = await endedTurn(alice, taskId, await execute(alice, taskId, "And in Oslo?"));
    expect(turn).toMatchObject({
      status: "COMPLETED",
      steps: [{ attempt: 2, result: { output: "It rains in Oslo.", data: { place: "Oslo" } } }],
    });
    expect(asked).toEqual(["/now?place=Oslo", "/now?place=Oslo"]);
    expect(JSON.stringify(models.requests.at(-1)?.body.messages)).toContain("rain, 11 °C");
    const { usage } = z.looseObject({ usage: z.looseObject({}) }).parse(turn);
    expect(usage).toEqual(threeTimes(await usageOfOne()));
  });

  it("has both stopped at once, their model's call too", async () => {
    const held = gate();
    models.script([text("Os"), wait(held), text("lo")]);
    const called = models.request(models.requests.length + 1);
    const taskId = await alice.newTask({ teamRef: "alice/weather" });
    const turnId = await execute(alice, taskId, "And in Oslo?");
    const call = await called;
    await alice.call("POST", `/tasks/${taskId}/turns/${turnId}/interrupt`, {});
    await call.aborted;
    expect((await endedTurn(alice, taskId, turnId)).status).toBe("INTERRUPTED");
    held.open();
  });

  it("has a name that is not in the table refused, at its field", async () => {
    const body = { metadata: { name: "nobody" }, spec: { runtime: "code", agent: "nobody" } };
    const refused = await alice.call("POST", "/shells", body);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      code: "invalid_request",
      issues: [{ path: "spec.agent" }],
    });
  });
});

/** What one answer of the model server costs. */
async function usageOfOne(): Promise<Record<string, number>> {
  models.script(answer("Hi"));
  const taskId = await alice.newTask({ teamRef: "system/assistant" });
  const turn = await endedTurn(alice, taskId, await execute(alice, taskId));
  return z.object({ usage: z.record(z.string(), z.number()) }).parse(turn).usage;
}

function threeTimes(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, 3 * count]));
}
