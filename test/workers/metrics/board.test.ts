import { env, exports } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Board, board, type PanelId } from "../../../src/protocol/operator/board";
import { sweep } from "../../../src/worker/sweep";
import { clockTo, ring } from "../../support/room-alarm";
import { call, newTask, newUser, ORIGIN, RoomClient, tokenOf } from "../../support/room-client";
import { converse, says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { UserClient } from "../../support/user-client";
import { control, resetControl } from "../../worker/control";

let alice: string;
let model: ScriptedModel;
let before: Board;
let openBefore: Record<string, number | null>;

async function ask(query = "", scope = "admin"): Promise<Response> {
  const token = await tokenOf({ sub: "operator", scope });
  return exports.default.fetch(`${ORIGIN}/api/v1/board${query}`, {
    headers: { Authorization: `Bearer ${token}` },
  });
}

const read = async (window = "hour") => board.parse(await (await ask(`?window=${window}`)).json());

/** Of the whole window, by the lines' names. */
function wholes({ panels }: Board, id: PanelId): Record<string, number | null> {
  const lines = panels.find((panel) => panel.id === id)?.lines ?? [];
  return Object.fromEntries(lines.map(({ name, whole }) => [name, whole]));
}

/** How much more there is of what is counted than when the test began. */
const more = async (id: PanelId) => {
  const [now, then] = [wholes(await read(), id), wholes(before, id)];
  const grown = Object.entries(now).map(([name, value]) => [
    name,
    Math.round(((value ?? 0) - (then[name] ?? 0)) * 1e6) / 1e6,
  ]);
  return Object.fromEntries(grown.filter(([, value]) => value !== 0));
};

/** What is open, of any kind. */
const openNow = async () => {
  const now = await read();
  return { ...wholes(now, "queue"), ...wholes(now, "connections") };
};

// Other files leave rooms that have something open; what closes with them is told a moment later.
beforeAll(async () => {
  let last: string | undefined;
  for (let now = await openNow(); JSON.stringify(now) !== last; now = await openNow()) {
    last = JSON.stringify(now);
    await scheduler.wait(1500);
  }
});

beforeEach(async () => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  before = await read();
  openBefore = await openNow();
});
afterEach(async () => {
  resetControl();
  vi.restoreAllMocks();
  // What the test has opened is closed, and its rooms have said so.
  await expect.poll(openNow).toEqual(openBefore);
});

describe("GET /board", () => {
  it("is for admins alone, and knows three windows", async () => {
    expect((await ask("", "write")).status).toBe(403);
    expect((await ask("?window=year")).status).toBe(400);
    expect((await ask()).headers.get("Cache-Control")).toBe("no-store");
    expect((await read("hour")).times).toHaveLength(60);
    expect((await read("day")).times).toHaveLength(96);
    expect((await read("week")).times).toHaveLength(168);
  });

  it("[BD1] shows what became of turns, what they cost and how long they took", async () => {
    await call(alice, "POST", "/models", {
      metadata: { name: "dear" },
      spec: {
        ...{ provider: "demo", model: "demo-1" },
        prices: { inputPerMillion: 1000, outputPerMillion: 2000, currency: "CHF" },
      },
    });
    await call(alice, "POST", "/bots", {
      metadata: { name: "dear" },
      spec: { ghostRef: "system/assistant", modelRef: `${alice}/dear` },
    });
    await call(alice, "POST", "/teams", {
      metadata: { name: "dear" },
      spec: { collaboration: "solo", members: [{ role: "only", botRef: `${alice}/dear` }] },
    });
    const taskId = await newTask(alice, { teamRef: `${alice}/dear` });
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "hello");
    await client.ask("chat:send", { content: "go" });
    (await model.attempt(2)).say({
      ...{ type: "failure", code: "model_rejected", message: "No.", retryable: false },
      ...{ reason: "content_filter", usage: { inputTokens: 1000 } },
    });
    await client.frames.next(says("turn:status", "FAILED"));
    await expect.poll(() => more("turns")).toEqual({ COMPLETED: 1, FAILED: 1 });
    expect(await more("failures")).toEqual({ model_rejected: 1 });
    expect(await more("refusals")).toEqual({ content_filter: 1 });
    expect(await more("tokens")).toEqual({ input: 1010, output: 20 });
    expect(await more("cost")).toEqual({ CHF: 1.01 + 0.04 });
    const now = await read();
    for (const id of ["firstToken", "turnDuration", "queueWait"] as const) {
      expect(wholes(now, id).p95, id).toEqual(expect.any(Number));
    }
    expect(await more("sessions")).toEqual({ opened: 1 });
    client.close();
  });

  it("[BD2] shows what is open now, and not what was", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    const device = await UserClient.open(alice);
    await client.ask("chat:send", { content: "one" });
    await client.ask("chat:send", { content: "two" });
    const attempt = await model.attempt(1);
    await expect.poll(() => more("queue")).toEqual({ queued: 1, working: 1 });
    await expect.poll(() => more("connections")).toEqual({ task: 1, user: 1, sessions: 1 });
    attempt.say("done");
    attempt.finish();
    (await model.attempt(2)).finish();
    await expect.poll(() => more("queue")).toEqual({});
    client.close();
    device.close();
    await expect.poll(() => more("connections")).toEqual({});
  });

  it("[BD2] shows which turns wait for somebody, also while their room sleeps", async () => {
    const name = "asking";
    await call(alice, "POST", "/teams", {
      metadata: { name },
      spec: {
        collaboration: "pipeline",
        members: [{ role: "only", botRef: "system/assistant", requireConfirmation: true }],
      },
    });
    const taskId = await newTask(alice, { teamRef: `${alice}/${name}`, prompt: "go" });
    await expect.poll(() => more("queue")).toEqual({ waiting: 1 });
    await call(alice, "DELETE", `/tasks/${taskId}`);
    await expect.poll(() => more("queue")).toEqual({});
  });

  it("[BD2] shows outboxes that fail until they don't", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    control.d1 = "down";
    await converse(client, model, "hello");
    await expect.poll(() => more("outboxesFailing")).toEqual({ d1: 1 });
    expect(await more("outboxFailures")).toHaveProperty("d1");
    control.d1 = "up";
    clockTo(Date.now() + 90_000);
    await ring(taskId);
    await expect.poll(() => more("outboxesFailing")).toEqual({});
    client.close();
  });

  it("shows how full databases are and which rooms were overdue, as the sweep found them", async () => {
    control.d1Sizes.set("HISTORY_1", 5_000_000_000);
    await newTask(alice);
    await sweep(env, Date.now());
    control.d1Sizes.clear();
    expect(wholes(await read(), "databases")).toMatchObject({
      HISTORY_0: expect.any(Number),
      HISTORY_1: expect.any(Number),
    });
  });

  it("[BD4] says how many shards it lacks, and shows what the others have", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    control.brokenShards.add("3").add("5");
    const { shards, panels } = await read();
    expect(shards).toEqual({ asked: 8, missing: 2 });
    expect(panels).toHaveLength(before.panels.length);
  });
});
