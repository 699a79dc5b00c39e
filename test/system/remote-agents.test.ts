import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import type { Turn } from "../../src/protocol/turn";
import { keptNotification } from "../../src/protocol/user-events";
import {
  agentTask,
  endedTurn,
  execute,
  type Phase,
  readEvents,
  readTurn,
} from "../support/agent-task";
import type { Frame } from "../support/frames";
import { gate } from "../support/model-script";
import {
  type AgentAction,
  type AgentRequest,
  type AgentScript,
  chunk,
  event,
  hang,
  json,
  pause,
  type RemoteAgent,
  refuse,
  result,
  startRemoteAgent,
  wait,
} from "../support/remote-agent";
import { Server } from "../support/server";
import { type SseEvent, SseReader } from "../support/sse-reader";
import { until } from "../support/until";
import { WireUser } from "../support/wire-client";

const update = z.looseObject({ percentComplete: z.number(), message: z.string().optional() });
const told = z.object({ notification: keptNotification });
const notices = z.looseObject({ items: z.array(keptNotification) });
const resumed = z.looseObject({ state: z.number().optional() });
const logged = z.looseObject({ message: z.string() });
const DONE = json({ output: "done" });

const server = new Server(inject("shared").production);
let alice: WireUser;
const agents: RemoteAgent[] = [];

beforeAll(async () => {
  alice = await WireUser.of(server, "alice-with-agents");
});

afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.close()));
});

async function newAgent(
  rule: (request: AgentRequest) => Iterable<AgentAction>,
): Promise<RemoteAgent> {
  const agent = await startRemoteAgent();
  agent.respond(rule);
  agents.push(agent);
  return agent;
}

type Run = { agent: RemoteAgent; taskId: string; turnId: string; turn: Turn };

/** A pipeline from its first call to its end. */
async function run(phases: Phase[], rule: (request: AgentRequest) => AgentScript): Promise<Run> {
  const agent = await newAgent(rule);
  const taskId = await agentTask(alice, agent, phases);
  const turnId = await execute(alice, taskId);
  return { agent, taskId, turnId, turn: await endedTurn(alice, taskId, turnId) };
}

function retry(maxAttempts: number, initialMs: number) {
  return { maxAttempts, initialMs, factor: 2, maxMs: 60_000, jitter: false };
}

/** How long each wait was announced to be; none of them was called again before that. */
async function waitsOf({ agent, taskId }: Run): Promise<number[]> {
  const announced = await readEvents(alice, taskId, "phase:retry");
  expect(announced).toHaveLength(agent.requests.length - 1);
  return announced.map(({ ts, data }, i) => {
    const wait = data.retryInMs ?? 0;
    const calledAt = agent.requests[i + 1]?.receivedAt ?? 0;
    expect(calledAt).toBeGreaterThanOrEqual(Date.parse(ts) + wait);
    return wait;
  });
}

describe.concurrent("a remote agent, over real HTTP", () => {
  it("[A4] is called again after 2 s, 4 s and 8 s, with one key over all attempts", async () => {
    const rule = { role: "work", retry: retry(4, 2000) };
    const failing = await run([rule], () => refuse(503));
    expect(await waitsOf(failing)).toEqual([2000, 4000, 8000]);
    const { agent, turn, turnId } = failing;
    expect(turn).toMatchObject({ status: "FAILED", error: { code: "agent_unavailable" } });
    expect(agent.requests.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    const keys = new Set(agent.requests.map(({ idempotencyKey }) => idempotencyKey));
    expect([...keys]).toEqual([`${turnId}:${turn.steps[0]?.step}:1`]);
  });

  it("[A4] that says `Retry-After: 3` is called again after 3 s, though its rule says 100 ms", async () => {
    const rule = { role: "work", retry: retry(2, 100) };
    const limited = await run([rule], ({ attempt }) =>
      attempt === 1 ? refuse(429, { "retry-after": "3" }) : DONE,
    );
    expect(await waitsOf(limited)).toEqual([3000]);
    expect(limited.turn.status).toBe("COMPLETED");
  });

  it("that hangs has its connection closed at the phase's limit; the others are untouched", async () => {
    const opened = gate();
    const other = run([{ role: "other" }], () => [chunk("half "), wait(opened), result("whole")]);
    const rule = { role: "work", timeoutMs: 2000, retry: retry(1, 100) };
    const {
      agent: hung,
      taskId,
      turn: failed,
    } = await run([{ role: "before" }, rule], ({ body }) =>
      body.phase === "before" ? DONE : [chunk("half"), hang],
    );
    const started = (await readEvents(alice, taskId, "phase:start"))[1]?.ts ?? "";
    const closedAt = (await hung.requests[1]?.aborted) ?? 0;
    expect(closedAt).toBeGreaterThanOrEqual(Date.parse(started) + 2000);
    expect(hung.requests).toHaveLength(2);
    expect(failed).toMatchObject({ status: "FAILED", error: { code: "agent_timeout" } });
    opened.open();
    const { agent, turn } = await other;
    expect(turn).toMatchObject({ status: "COMPLETED", steps: [{ result: { output: "whole" } }] });
    expect(agent.requests).toHaveLength(1);
  });

  it("[X1] has its connection closed by a stop, and is not called again", async () => {
    const agent = await newAgent(() => [chunk("half"), hang]);
    const taskId = await agentTask(alice, agent, [{ role: "work" }, { role: "next" }]);
    const turnId = await execute(alice, taskId);
    const call = await agent.request(1);
    await alice.call("POST", `/tasks/${taskId}/turns/${turnId}/interrupt`, {});
    await call.aborted;
    expect((await endedTurn(alice, taskId, turnId)).status).toBe("INTERRUPTED");
    expect(agent.requests).toHaveLength(1);
  });

  it.each([
    [400, 4, 1],
    [503, 1, 1],
    [503, 2, 2],
    [503, 5, 5],
  ])(
    "that answers %i where its rule allows %i attempts gets %i calls",
    async (status, most, calls) => {
      const { agent, turn } = await run([{ role: "work", retry: retry(most, 20) }], () =>
        refuse(status),
      );
      expect(agent.requests).toHaveLength(calls);
      expect(turn.status).toBe("FAILED");
      expect(turn.steps[0]).toMatchObject({ attempt: calls, result: { attempts: calls } });
    },
  );

  it("[E8] goes on from what it said that it can go on from, in text and state", async () => {
    const rule = { role: "work", retry: retry(3, 20) };
    const parts = ["One. ", "Two. ", "Three."];
    const { agent, turn, taskId } = await run([rule], ({ attempt, body }) => {
      const { state = 0 } = resumed.parse(body.resume ?? {});
      const part = [chunk(parts[state] ?? ""), event("resumable", { state: state + 1 })];
      return attempt < 3 ? [...part, chunk("lost")] : [...part, event("result", {})];
    });
    expect(agent.requests.map(({ body }) => body.resume)).toEqual([
      undefined,
      { text: "One. ", state: 1 },
      { text: "One. Two. ", state: 2 },
    ]);
    expect(turn.steps[0]).toMatchObject({ result: { output: parts.join("") } });
    const starts = await readEvents(alice, taskId, "chat:start");
    expect(starts.map(({ data }) => data.offset)).toEqual([undefined, 5, 10]);
  });

  it("[A1] gets another key after a rollback, and the attempts count on", async () => {
    const phases = [
      { role: "make" },
      { role: "check", retry: retry(1, 20), onFailure: { rollbackTo: "make" } },
    ];
    const { agent, turn, turnId } = await run(phases, ({ body }) =>
      body.phase === "check" && body.run === 1 ? refuse(422) : DONE,
    );
    const [make, check] = turn.steps.map(({ step }) => `${turnId}:${step}`);
    expect(agent.requests.map(({ idempotencyKey, attempt }) => [idempotencyKey, attempt])).toEqual([
      [`${make}:1`, 1],
      [`${check}:1`, 1],
      [`${make}:2`, 2],
      [`${check}:2`, 2],
    ]);
    expect(turn.status).toBe("COMPLETED");
  });
});

const BURST = 100;
const COMMANDS = 15;
const LAST = "all of it";
/** The room says how far a step is ten times a second at most. */
const UPDATE_MS = 100;

/** An agent that says thousands of times a second how far it is, until it may end. */
function* flood(mayEnd: () => boolean): Generator<AgentAction> {
  const told = (percentComplete: number, message: string) =>
    `event: progress\ndata: ${JSON.stringify({ percentComplete, message })}\n\n`;
  for (let n = 1; !mayEnd(); n++) {
    const burst = Array.from({ length: BURST }, (_, i) => told(Math.min(n, 98), `${n}.${i}`));
    yield { do: "raw", text: burst.join("") };
    yield pause(20);
  }
  yield { do: "raw", text: told(99, LAST) };
}

describe.concurrent("a pipeline, over real HTTP", () => {
  it("of 50 phases hands each one's result to the next, in order", async () => {
    const roles = Array.from({ length: 50 }, (_, i) => `phase-${i + 1}`);
    const phases = roles.map((role) => ({ role, context: "previous" }));
    const { agent, turn } = await run(phases, ({ body }) => {
      const [before] = body.context;
      return json({ output: `${body.phase} after ${before?.content.split(" ")[0] ?? "nothing"}` });
    });
    expect(agent.requests.map(({ body }) => body.phase)).toEqual(roles);
    expect(turn.status).toBe("COMPLETED");
    expect(turn.steps.map(({ result }) => result?.output)).toEqual(
      roles.map((role, i) => `${role} after ${roles[i - 1] ?? "nothing"}`),
    );
  });

  it("with a result of 900 KiB has it whole on REST and for the next phase, cut on the socket", async () => {
    const output = "boat 🚤 ".repeat(90 * 1024);
    const agent = await newAgent(() => [wait(joined), ...json({ output, data: { pages: 3 } })]);
    const joined = gate();
    const taskId = await agentTask(alice, agent, [{ role: "write" }, { role: "read" }]);
    const client = await alice.join(taskId);
    const turnId = await execute(alice, taskId);
    joined.open();
    const [step] = (await endedTurn(alice, taskId, turnId)).steps;
    expect(step?.result).toMatchObject({ output, data: { pages: 3 } });
    expect(agent.requests[1]?.body.context).toMatchObject([{ phase: "write", content: output }]);
    const done = await client.frames.next(({ type }) => type === "phase:done");
    expect(done.data).toMatchObject({ result: { truncated: true } });
    expect(done.data).not.toHaveProperty("result.data");
    expect(Buffer.byteLength(JSON.stringify(done.data))).toBeLessThan(70 * 1024);
    await client.close();
  });

  it("whose agent floods the room with progress delays no other socket, and its last word arrives", async () => {
    const [ready, seen] = [gate(), gate()];
    let answered = 0;
    const agent = await newAgent(function* () {
      yield* [chunk("so far"), wait(ready)];
      yield* flood(() => answered === COMMANDS);
      yield* [wait(seen), result("done")];
    });
    const taskId = await agentTask(alice, agent, [{ role: "work" }]);
    const [watcher, other] = await Promise.all([alice.join(taskId), alice.join(taskId)]);
    const turnId = await execute(alice, taskId);
    await watcher.frames.next(({ type }) => type === "chat:chunk");
    ready.open();
    // The flood goes on until all are answered.
    for (; answered < COMMANDS; answered++) {
      await other.frames.next(({ type }) => type === "phase:update", other.frames.all.length);
      expect(await other.ask("history:sync")).toMatchObject({ type: "ack" });
    }
    const isLast = ({ data }: Frame) => update.safeParse(data).data?.message === LAST;
    for (const { frames } of [watcher, other]) await frames.next(isLast);
    expect((await readTurn(alice, taskId, turnId)).steps[0]?.percentComplete).toBe(99);
    seen.open();
    await endedTurn(alice, taskId, turnId);

    const times = watcher.frames.of("phase:update").map(({ ts }) => Date.parse(String(ts)));
    const lasted = (times.at(-1) ?? 0) - (times[0] ?? 0);
    expect(times.length).toBeLessThanOrEqual(lasted / UPDATE_MS + 1);
    const percents = watcher.frames
      .of("phase:update")
      .map(({ data }) => update.parse(data).percentComplete);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    await Promise.all([watcher.close(), other.close()]);
  });

  it("whose agent notifies is heard on every device of its members at once, and is in their lists", async () => {
    const ended = gate();
    const agent = await newAgent(() => [
      event("notify", { title: "Half done", body: "Look", data: { url: "https://a.test/" } }),
      ...[wait(ended), result("done")],
    ]);
    const bob = await WireUser.of(server, "bob");
    const devices = await Promise.all([alice, alice, bob].map((user) => user.watch()));
    const taskId = await agentTask(alice, agent, [{ role: "work" }]);
    await alice.call("POST", `/tasks/${taskId}/members`, { userId: "bob", role: "viewer" });
    const turnId = await execute(alice, taskId);
    const own = ({ data }: Frame) => {
      const { notification } = told.safeParse(data).data ?? {};
      return notification?.taskId === taskId && notification.kind === "agent";
    };
    // Before the run ends: nothing is held back.
    const heard = await Promise.all(devices.map(({ frames }) => frames.next(own)));
    const [first, second, third] = heard.map(({ data }) => told.parse(data).notification);
    const said = { title: "Half done", body: "Look", data: { url: "https://a.test/" }, taskId };
    expect(first).toMatchObject({ kind: "agent", ...said });
    expect(second).toEqual(first);
    expect(third).toMatchObject(said);
    for (const [user, notification] of [
      [alice, first],
      [bob, third],
    ] as const) {
      const { items } = await user.ask(notices, "GET", "/notifications?unread=true&limit=200");
      const listed = items.filter((item) => item.taskId === taskId && item.kind === "agent");
      expect(listed).toEqual([notification]);
    }
    ended.open();
    expect((await endedTurn(alice, taskId, turnId)).status).toBe("COMPLETED");
    for (const device of devices) {
      expect(device.frames.all.filter(own)).toHaveLength(1);
      device.close();
    }
  });

  it("tells its log live as an event stream, which goes on after Last-Event-ID", async () => {
    const said = (message: string) => event("log", { level: "warn", message });
    const [first, second] = [gate(), gate()];
    const agent = await newAgent(() => [
      ...[said("one"), wait(first), said("two"), wait(second), said("three")],
      result("done"),
    ]);
    const taskId = await agentTask(alice, agent, [{ role: "work" }]);
    const open = async (headers = {}) => {
      const accept = { accept: "text/event-stream", ...headers };
      const path = `/tasks/${taskId}/events?type=log`;
      return new SseReader(await alice.call("GET", path, undefined, accept));
    };
    const says = (message: string) => (item: SseEvent) =>
      logged.safeParse(item.data.data).data?.message === message;
    const before = await open();
    await before.until(({ event: name }) => name === "history:reset");
    const turnId = await execute(alice, taskId);
    const heard = await before.until(says("one"));
    await before.cancel();
    first.open();
    await until("the second entry is stored", async () =>
      (await readEvents(alice, taskId, "log")).some(({ data }) => data.message === "two"),
    );
    const again = await open({ "last-event-id": heard.at(-1)?.id });
    second.open();
    await endedTurn(alice, taskId, turnId);
    const rest = await again.until(says("work completed"));
    await again.cancel();
    const all = [...heard, ...rest].filter(({ event: name }) => name === "log");
    expect(all.map(({ data }) => data)).toEqual(await readEvents(alice, taskId, "log"));
    expect(all.map(({ data }) => logged.parse(data.data).message)).toEqual([
      "work started (attempt 1)",
      "one",
      "two",
      "three",
      "work completed",
    ]);
  });
});
