import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import * as z from "zod";
import { freePort } from "../../scripts/free-port";
import { keptNotification } from "../../src/protocol/user-events";
import { endedTurn, execute } from "../support/agent-task";
import { Command, ROOT } from "../support/command";
import { digestIn } from "../support/content-id";
import type { Frame } from "../support/frames";
import { Server } from "../support/server";
import type {} from "../support/shared-servers";
import { WireUser } from "../support/wire-client";

const PAGE = "<!doctype html>\n<title>Fuchs & Bär 🦊</title>\n<p>Es war einmal …</p>\n";

// `npm run token` signs with the secret of .dev.vars, which the server has.
const server = new Server(inject("shared").production);
let alice: WireUser;
let agent: Command;
let port: number;

beforeAll(async () => {
  port = await freePort();
  alice = await WireUser.of(server, "alice");
  agent = new Command("node", ["examples/deploy-agent.mjs"], { PORT: String(port) });
  await agent.says(`http://127.0.0.1:${port}/deploy`);
});

afterAll(() => {
  agent.child.kill();
});

/** The shell block of the examples' page that makes the team, with our addresses. */
function makingTheTeam(): string {
  const page = readFileSync(join(ROOT, "examples/README.md"), "utf8");
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);
  const [, making = ""] = blocks;
  return making
    .replace("http://localhost:8787", server.url)
    .replace("'s/USER/alice/g'", `'s/USER/alice/g; s/127.0.0.1:9100/127.0.0.1:${port}/'`);
}

const deployed = z.object({ url: z.url(), cid: z.string() });
const notices = z.object({ items: z.array(keptNotification), nextCursor: z.null() });
const told = z.object({ notification: keptNotification });

/** What a device, and then the list, says of the end of a task. */
async function endOf(
  taskId: string,
  frames: { next(fits: (frame: Frame) => boolean): Promise<Frame> },
) {
  const fits = ({ data }: Frame) => told.safeParse(data).data?.notification.taskId === taskId;
  const { notification } = told.parse((await frames.next(fits)).data);
  const { items } = await alice.ask(notices, "GET", "/notifications");
  expect(items.filter((item) => item.taskId === taskId)).toEqual([notification]);
  return notification;
}

it("the deploy team of the examples ends with a page that is served, its address and its content id", async () => {
  const making = new Command("bash", ["-c", `set -eu\n${makingTheTeam()}`]);
  expect(await making.end(), making.stderr).toBe(0);
  expect(making.stdout).toBe(
    "201 shells deploy-agent\n201 bots deploy-bot\n201 teams story-to-site\n",
  );

  const device = await alice.watch();
  const taskId = await alice.newTask({ teamRef: "alice/story-to-site", title: "A fox" });
  const prompt = `/fast /echo Here it is.\n\n\`\`\`html\n${PAGE}\`\`\``;
  const turn = await endedTurn(alice, taskId, await execute(alice, taskId, prompt));
  expect(turn.steps.map(({ phase, status }) => [phase, status])).toEqual([
    ["story", "COMPLETED"],
    ["asset", "COMPLETED"],
    ["code", "COMPLETED"],
    ["deploy", "COMPLETED"],
  ]);
  const { url, cid } = deployed.parse(turn.steps[3]?.result?.data);

  const page = await fetch(url);
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const bytes = new Uint8Array(await page.arrayBuffer());
  expect(new TextDecoder().decode(bytes)).toBe(PAGE);
  expect(url).toContain(cid);
  expect(digestIn(cid)).toBe(createHash("sha256").update(bytes).digest("hex"));

  expect(await endOf(taskId, device.frames)).toMatchObject({
    kind: "task_completed",
    title: "Completed: A fox",
    data: { url, cid, turnId: turn.id },
  });
  device.close();
});

it("the shipped team alone publishes nothing and says so", async () => {
  const device = await alice.watch();
  const taskId = await alice.newTask({ teamRef: "system/story-asset-code-deploy" });
  const turn = await endedTurn(
    alice,
    taskId,
    await execute(alice, taskId, "/fast A page on foxes"),
  );
  const { status, result } = turn.steps[3] ?? {};
  expect([turn.status, status]).toEqual(["COMPLETED", "COMPLETED"]);
  expect(result?.output).toMatch(/nothing has been [^.]*published/i);
  expect(result).not.toHaveProperty("data");
  const { kind, data } = await endOf(taskId, device.frames);
  expect([kind, data]).toEqual(["task_completed", { turnId: turn.id }]);
  device.close();
});
