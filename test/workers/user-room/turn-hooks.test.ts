import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { UserRoomApi } from "../../../src/durable-objects/user-room/api";
import { newId } from "../../../src/protocol/ids";
import { LIMITS } from "../../../src/protocol/limits";
import { TIME_MARK } from "../../../src/protocol/rooms/turn-hook";
import { newUser } from "../../support/room-client";
import { control, freeClock, stopClock } from "../../worker/control";

const URL_A = "https://hooks.test/a";
const TIME = "2026-11-20T10:00:00.000Z";

let alice: string;
let taskId: string;
let turnId: string;
let posts: { body: unknown; headers: Headers }[];
let status: number;

beforeEach(() => {
  stopClock();
  alice = newUser();
  taskId = newId("task", Date.now());
  turnId = newId("turn", Date.now());
  posts = [];
  status = 204;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_, init) => {
    posts.push({ body: JSON.parse(String(init?.body)), headers: new Headers(init?.headers) });
    return new Response(null, { status });
  });
});
afterEach(() => {
  freeClock();
  vi.restoreAllMocks();
});

const home = () => env.USER_ROOM.getByName(alice) as unknown as UserRoomApi;

function hook(changes: object = {}) {
  const place = { taskId, turnId, name: "mine", url: URL_A, contentType: "application/x+json" };
  const bodies = { WAITING: { asks: TIME_MARK }, COMPLETED: { done: TIME_MARK } };
  return { ...place, headers: { "x-token": "t" }, bodies, shown: { url: URL_A }, ...changes };
}

async function put(changes: object = {}) {
  return home().putTurnHook(hook(changes));
}

type Status = "WAITING" | "COMPLETED";

/** As a task's room tells it. */
function tell(seq: number, status: Status, epoch = "e1") {
  const turns = [{ turnId, status, ts: TIME, seq }];
  return home().deliver({ taskId, epoch, items: [], turns });
}

const said = () => posts.map(({ body }) => body);
const ASKS = { asks: TIME };
const DONE = { done: TIME };

async function rest(): Promise<void> {
  // What is on its way is written down before anybody is answered.
  await vi.waitFor(async () => expect(await pending()).toBe(0));
}

const pending = () =>
  runInDurableObject(env.USER_ROOM.getByName(alice), (_, { storage }) => {
    const query = "SELECT count(*) AS n FROM deliveries WHERE status = 'pending'";
    return Number(storage.sql.exec(query).one().n);
  });

describe("[H5] an address that is told of one turn", () => {
  it("hears of it what its owner has said, in order, and nothing after its end", async () => {
    expect(await put()).toMatchObject({ ok: true });
    await tell(5, "WAITING");
    await tell(9, "COMPLETED");
    await rest();
    await tell(12, "WAITING");
    expect(said()).toEqual([ASKS, DONE]);
    expect(posts[0]?.headers.get("x-token")).toBe("t");
    expect(posts[0]?.headers.get("content-type")).toBe("application/x+json");
    expect(await home().listTurnHooks(turnId)).toEqual([]);
  });

  it("hears nothing twice that its room tells twice, but what another log tells", async () => {
    await put();
    await tell(5, "WAITING");
    await tell(5, "WAITING");
    await rest();
    expect(said()).toEqual([ASKS]);
    await tell(2, "WAITING", "e2");
    await rest();
    expect(said()).toEqual([ASKS, ASKS]);
  });

  it("hears of what it was found to be, once it is over", async () => {
    await put();
    await home().tellTurnHooks(taskId, { turnId, status: "COMPLETED", ts: TIME });
    await tell(5, "COMPLETED");
    await rest();
    expect(said()).toEqual([DONE]);
  });

  it("hears of its own turn alone, and is replaced by one of its name", async () => {
    await put();
    await put({ bodies: { COMPLETED: { second: true } } });
    await put({ turnId: newId("turn", Date.now()) });
    await tell(5, "COMPLETED");
    await rest();
    expect(said()).toEqual([{ second: true }]);
  });

  it("is asked again until it takes it, and nothing more once it is gone for good", async () => {
    status = 500;
    await put();
    await tell(5, "COMPLETED");
    await vi.waitFor(() => expect(posts).toHaveLength(1));
    status = 204;
    control.clockAheadMs += 60_000;
    await vi.waitFor(async () => {
      await runDurableObjectAlarm(env.USER_ROOM.getByName(alice));
      expect(posts).toHaveLength(2);
    });
    await rest();
    expect(said()).toEqual([DONE, DONE]);
    status = 410;
    await put({ name: "gone" });
    await tell(15, "WAITING");
    await rest();
    expect(await home().listTurnHooks(turnId)).toEqual([]);
  });

  it("goes with the task", async () => {
    await put();
    await home().deliver({
      ...{ taskId, epoch: "e1" },
      items: [{ seq: 3, n: 0, event: { type: "task:deleted", ts: TIME, data: { taskId } } }],
    });
    expect(await home().listTurnHooks(turnId)).toEqual([]);
  });

  it("is one of few for a turn, and must be an address", async () => {
    for (let n = 0; n < LIMITS.turnHooksPerTurn; n++) {
      expect(await put({ name: `n${n}` })).toMatchObject({ ok: true });
    }
    expect(await put({ name: "more" })).toMatchObject({ refusal: { code: "conflict" } });
    expect(await put({ name: "n1" })).toMatchObject({ ok: true });
    const elsewhere = { turnId: newId("turn", Date.now()), url: "ftp://hooks.test" };
    expect(await put(elsewhere)).toMatchObject({ refusal: { code: "invalid_request" } });
  });

  it("is stored sealed", async () => {
    await put({ headers: { Authorization: "Bearer top-secret" } });
    const rows = await runInDurableObject(env.USER_ROOM.getByName(alice), (_, { storage }) =>
      JSON.stringify(storage.sql.exec("SELECT * FROM turn_hooks").toArray()),
    );
    expect(rows).not.toContain("top-secret");
  });
});
