import { describe, expect, it } from "vitest";
import { end } from "../../../src/engine/session/expiry";
import { judgePlace, judgeToken, whoMakesWay } from "../../../src/engine/session/opening";
import { newSession } from "../../../src/engine/session/session";

const start = Date.UTC(2030, 0, 1);
const idleMs = 1000;
const live = newSession({ id: "sess_1", userId: "alice", taskId: "task_1", now: start });
const nobody = new Set<string>();
const claim = { found: live, userId: "alice", taskId: "task_1", now: start, idleMs, asked: nobody };
const code = (judgement: object) =>
  "outcome" in judgement ? judgement.outcome : { asks: judgement };

describe("a presented token", () => {
  it("opens its session", () => {
    expect(judgeToken(claim)).toEqual({ outcome: { ok: true, value: live } });
  });

  it("opens it over REST without naming the task", () => {
    expect(judgeToken({ ...claim, taskId: undefined })).toEqual({
      outcome: { ok: true, value: live },
    });
  });

  const ended = { now: start, closing: false };
  const refusals = [
    { what: "unknown", change: { found: null }, refusal: "recovery_invalid" },
    { what: "another user's", change: { userId: "bob" }, refusal: "recovery_invalid" },
    { what: "another task's", change: { taskId: "task_2" }, refusal: "recovery_invalid" },
    {
      what: "a revoked session's",
      change: { found: end(live, { as: "revoked", ...ended }) },
      refusal: "recovery_invalid",
    },
    {
      what: "an expired session's",
      change: { found: end(live, { as: "expired", ...ended }) },
      refusal: "session_expired",
    },
    {
      what: "another user's and expired",
      change: { found: end(live, { as: "expired", ...ended }), userId: "bob" },
      refusal: "recovery_invalid",
    },
  ];
  it.each(refusals)("that is $what is refused with $refusal", ({ change, refusal }) => {
    expect(code(judgeToken({ ...claim, ...change }))).toMatchObject({
      ok: false,
      refusal: { code: refusal },
    });
  });

  it("of an overdue session has the room asked first, and opens it when the room is silent", () => {
    const overdue = { ...claim, now: start + idleMs };
    expect(judgeToken(overdue)).toEqual({ ask: ["sess_1"] });
    expect(judgeToken({ ...overdue, asked: new Set(["sess_1"]) })).toMatchObject({
      outcome: { ok: true },
    });
  });
});

describe("a connection's place", () => {
  const limits = { sessions: 2, connections: 3 };
  const place = { sessionId: "new", connections: 0, connected: ["a"], limits, asked: nobody };
  const full = { ...place, connected: ["a", "b"] };

  it("is free below the limits", () => {
    expect(judgePlace(place)).toMatchObject({ outcome: { ok: true } });
  });

  it("is refused only after all that are connected were asked", () => {
    expect(judgePlace(full)).toEqual({ ask: ["a", "b"] });
    expect(judgePlace({ ...full, asked: new Set(["a"]) })).toEqual({ ask: ["b"] });
    const refused = judgePlace({ ...full, asked: new Set(["a", "b"]) });
    expect(code(refused)).toMatchObject({ refusal: { code: "session_limit" } });
  });

  it("is free to a session that is connected already", () => {
    const again = { ...full, sessionId: "a", connections: 1 };
    expect(judgePlace(again)).toMatchObject({ outcome: { ok: true } });
  });

  it("is refused past the session's own connections, after asking its room", () => {
    const crowded = { ...place, sessionId: "a", connections: 3 };
    expect(judgePlace(crowded)).toEqual({ ask: ["a"] });
    const refused = judgePlace({ ...crowded, asked: new Set(["a"]) });
    expect(code(refused)).toMatchObject({ refusal: { code: "session_limit" } });
  });
});

describe("when a user keeps too many sessions", () => {
  const away = (id: string, age: number) => ({ ...live, id, lastActiveAt: start - age });
  const gone = end(away("ended", 0), { as: "expired", now: start, closing: false });
  const kept = [away("old", 30), away("connected", 40), away("young", 10), gone];
  const connected = new Set(["connected"]);

  it("none goes while there is room for one more", () => {
    expect(whoMakesWay(kept, connected, 5)).toEqual([]);
  });

  it("ended ones go first, then the longest away, never a connected one", () => {
    expect(whoMakesWay(kept, connected, 4)).toEqual(["ended"]);
    expect(whoMakesWay(kept, connected, 3)).toEqual(["ended", "old"]);
    expect(whoMakesWay(kept, connected, 1)).toEqual(["ended", "old", "young"]);
  });
});
