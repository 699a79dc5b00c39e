import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { TaskRoom } from "../../src/durable-objects/task-room/task-room";
import { UsageMeter } from "../../src/durable-objects/usage-meter/usage-meter";
import { UserRoom } from "../../src/durable-objects/user-room/user-room";
import type { StepOutput } from "../../src/resources/agent";
import { call, newTask, RoomClient } from "../support/room-client";
import { converse, says } from "../support/room-turns";
import { ScriptedModel } from "../support/scripted-model";
import { clock, control, stopClock } from "../worker/control";

// Runs inside a checkout of a release, where `npm run record-release` puts it: plays rooms into every
// state that a deploy may find them in, and writes down what they have stored and what they say to
// each other. It is no test of this version.

const ALICE = "alice";
const RETRY = { maxAttempts: 3, initialMs: 60_000, factor: 2, maxMs: 600_000, jitter: false };
const UNAVAILABLE: StepOutput = {
  type: "failure",
  code: "model_unavailable",
  message: "The model is not available.",
  retryable: true,
};

type Call = { object: string; method: string; args: unknown[]; answer?: unknown };
const calls: Call[] = [];
/** What the platform and the test build call. */
const NO_CALLS = /^(constructor|webSocket|alarm|onLoad|doors|now|fault|taskRooms)/;
const model = new ScriptedModel();

it("records", { timeout: 120_000 }, async () => {
  stopClock();
  control.model = model.carryOut;
  // A webhook that nobody takes stays in its queue.
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 503 }));
  listen("UserRoom", UserRoom.prototype);
  listen("TaskRoom", TaskRoom.prototype);
  listen("UsageMeter", UsageMeter.prototype);
  const recordedAt = clock();
  await makeTeams();
  await post("/webhooks", { url: "https://example.com/", events: ["task:status", "notification"] });
  const atRest = await roomAtRest();
  const rooms = {
    "at rest": atRest.room,
    running: await running(),
    waiting: await waiting(),
    retrying: await retrying(),
    "between phases": await betweenPhases(),
    "half told": await halfTold(),
  };
  await expect
    .poll(async () => (await rowsOf(env.USER_ROOM.getByName(ALICE))).notifications?.length)
    .toBeGreaterThan(0);
  const recoveryToken = await recovered(atRest.room.taskId);
  say("rooms", { recordedAt, rooms });
  say("user-room", {
    recordedAt,
    userId: ALICE,
    tables: await rowsOf(env.USER_ROOM.getByName(ALICE)),
  });
  say("meter", { recordedAt, stored: await stored(env.USAGE_METER.getByName(ALICE)) });
  say("database", { recordedAt, tables: await databaseRows() });
  say("calls", { recordedAt, calls, attachment: atRest.attachment, recoveryToken });
  say("steps", { TaskRoom: stepsOf("ROOM_STEPS"), UserRoom: stepsOf("USER_ROOM_STEPS") });
});

/** Wherever the release has it. */
function stepsOf(name: string): unknown {
  const files = import.meta.glob("../../src/durable-objects/**/*schema.ts", { eager: true });
  return Object.values(files).flatMap((file) => Object(file)[name] ?? []);
}

function say(name: string, content: object): void {
  console.log(`RECORDED ${name} ${JSON.stringify(content)}`);
}

/** Writes down the first calls of each method. */
function listen(object: string, prototype: object): void {
  const names = Object.getOwnPropertyNames(prototype);
  for (const method of names) {
    const own = Object.getOwnPropertyDescriptor(prototype, method)?.value;
    if (typeof own !== "function" || NO_CALLS.test(method)) continue;
    Object.defineProperty(prototype, method, {
      configurable: true,
      writable: true,
      value(this: object, ...args: unknown[]) {
        const known = calls.filter((other) => other.object === object && other.method === method);
        const made: Call = { object, method, args: args.map(written) };
        if (known.length < 12) calls.push(made);
        const answer = own.apply(this, args);
        void Promise.resolve(answer).then((value) => {
          if (!(value instanceof Response)) made.answer = structuredClone(value);
        });
        return answer;
      },
    });
  }
}

function written(argument: unknown): unknown {
  if (!(argument instanceof Request)) return structuredClone(argument);
  return { url: argument.url, headers: Object.fromEntries(argument.headers) };
}

async function post(path: string, body: object): Promise<void> {
  const response = await call(ALICE, "POST", path, body);
  if (!response.ok) throw new Error(await response.text());
  await response.body?.cancel();
}

async function makeTeams(): Promise<void> {
  const bot = { botRef: "system/assistant", retry: RETRY };
  const team = (name: string, collaboration: string, members: object[]) =>
    post("/teams", { metadata: { name }, spec: { collaboration, members } });
  await team("careful", "solo", [{ role: "work", ...bot, requireConfirmation: true }]);
  await team("patient", "solo", [{ role: "work", ...bot }]);
  await team("two", "pipeline", [
    { role: "plan", ...bot },
    { role: "build", ...bot },
  ]);
}

/** A conversation that is over, with members, a log entry, a guided message and a socket. */
async function roomAtRest() {
  const taskId = await newTask(ALICE, {
    title: "Boats",
    labels: { kind: "boat" },
    metadata: { order: 17 },
    members: [{ userId: "bob", role: "viewer" }],
  });
  const client = await RoomClient.join(ALICE, taskId);
  await converse(client, model, "one");
  const [n, from] = [model.attempts.length, client.frames.all.length];
  await client.ask("chat:send", { content: "two", clientMessageId: "mine-2" });
  const attempt = await model.attempt(n + 1);
  attempt.say({ type: "log", level: "info", message: "a note", metadata: { n: 1 } });
  attempt.say({ type: "thinking", delta: "hm" }, "the second");
  attempt.finish();
  await client.frames.next(says("task:status", "COMPLETED"), from);
  await expect.poll(() => lag(taskId)).toBe(0);
  const attachment = await runInDurableObject(roomOf(taskId), (_, state) =>
    state.getWebSockets()[0]?.deserializeAttachment(),
  );
  return { room: await seen(taskId, client), attachment };
}

/** A session without a connection, recovered once; gives the token that is good now. */
async function recovered(taskId: string): Promise<string> {
  const made = Object(await (await call(ALICE, "POST", "/sessions", { taskId })).json());
  const { recoveryToken } = made;
  const again = await call(ALICE, "POST", "/sessions/recover", { recoveryToken });
  return Object(await again.json()).recoveryToken;
}

/** An attempt in the middle of its words, and two turns behind it. */
async function running() {
  const taskId = await newTask(ALICE);
  const client = await RoomClient.join(ALICE, taskId);
  const n = model.attempts.length;
  await client.ask("chat:send", { content: "first" });
  (await model.attempt(n + 1)).say("half an");
  await client.frames.next(({ type }) => type === "chat:chunk");
  await client.ask("chat:send", { content: "second" });
  await client.ask("chat:send", { content: "third", clientMessageId: "third" });
  return seen(taskId, client);
}

async function waiting() {
  const taskId = await newTask(ALICE, { teamRef: `${ALICE}/careful` });
  const client = await RoomClient.join(ALICE, taskId);
  await post(`/tasks/${taskId}/execute`, { input: "go" });
  await client.frames.next(says("turn:status", "WAITING"));
  return seen(taskId, client);
}

async function retrying() {
  const taskId = await newTask(ALICE, { teamRef: `${ALICE}/patient` });
  const client = await RoomClient.join(ALICE, taskId);
  const n = model.attempts.length;
  await client.ask("chat:send", { content: "go" });
  const attempt = await model.attempt(n + 1);
  attempt.say("some", UNAVAILABLE);
  await client.frames.next(({ type }) => type === "chat:error");
  return seen(taskId, client);
}

/** A pipeline whose first phase is done and whose second is at work. */
async function betweenPhases() {
  const taskId = await newTask(ALICE, { teamRef: `${ALICE}/two` });
  const client = await RoomClient.join(ALICE, taskId);
  const n = model.attempts.length;
  await post(`/tasks/${taskId}/execute`, { input: "a boat" });
  const first = await model.attempt(n + 1);
  first.say("the plan");
  first.finish();
  await model.attempt(n + 2);
  await client.frames.next(({ type }) => type === "phase:done");
  return seen(taskId, client);
}

/** A turn that has ended while the database was down; the others have been told. */
async function halfTold() {
  const taskId = await newTask(ALICE);
  const client = await RoomClient.join(ALICE, taskId);
  await expect.poll(() => lag(taskId)).toBe(0);
  control.d1 = "down";
  await converse(client, model, "untold");
  await expect.poll(async () => (await rowsOf(roomOf(taskId))).outbox?.length).toBeGreaterThan(1);
  const room = await seen(taskId, client);
  control.d1 = "up";
  return room;
}

/** What the room has stored now. The user can't be in too many rooms at a time. */
async function seen(taskId: string, client: RoomClient) {
  const tables = await rowsOf(roomOf(taskId));
  client.close();
  await client.frames.whenClosed();
  return { taskId, tables };
}

async function lag(taskId: string): Promise<unknown> {
  const answer = await (await call(ALICE, "GET", `/tasks/${taskId}/stats`)).json();
  return Object(answer).outboxLag;
}

function roomOf(taskId: string) {
  return env.TASK_ROOM.getByName(taskId);
}

type Tables = Record<string, Record<string, unknown>[]>;

function rowsOf(stub: DurableObjectStub): Promise<Tables> {
  return runInDurableObject(stub, (_, { storage: { sql } }) => {
    const query =
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'";
    const names = sql
      .exec(query)
      .toArray()
      .map(({ name }) => String(name));
    return Object.fromEntries(
      names.map((name) => [name, sql.exec(`SELECT * FROM "${name}"`).toArray()]),
    );
  });
}

function stored(stub: DurableObjectStub): Promise<Record<string, unknown>> {
  return runInDurableObject(stub, async (_, { storage }) =>
    Object.fromEntries(await storage.list()),
  );
}

async function databaseRows(): Promise<Tables> {
  const query =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'd1\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'";
  const { results } = await env.DB.prepare(query).all<{ name: string }>();
  const tables: Tables = {};
  for (const { name } of results) {
    const columns = await env.DB.prepare("SELECT name FROM pragma_table_info(?)")
      .bind(name)
      .all<{ name: string }>();
    const wanted = columns.results.map((column) => exactly(column.name)).join(", ");
    tables[name] = (await env.DB.prepare(`SELECT ${wanted} FROM "${name}"`).all()).results;
  }
  return tables;
}

/** Integers beyond a JavaScript number's are kept as text, which their columns take as well. */
function exactly(column: string): string {
  const isLong = `typeof("${column}") = 'integer' AND abs("${column}") > ${Number.MAX_SAFE_INTEGER}`;
  return `CASE WHEN ${isLong} THEN CAST("${column}" AS TEXT) ELSE "${column}" END AS "${column}"`;
}
