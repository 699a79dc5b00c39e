import { describe, expect, it } from "vitest";
import { afterClose, end, lostConnections, settle } from "../../../src/engine/session/expiry";
import { ROOM_RETRY, SESSION_RULES } from "../../../src/engine/session/rules";
import {
  deadlineOf,
  type KeptSession,
  type LiveSession,
  newSession,
  viewOf,
} from "../../../src/engine/session/session";

const idleMs = 1_000_000;
const start = Date.UTC(2030, 0, 1);
const session = newSession({ id: "sess_1", userId: "alice", taskId: "task_1", now: start });
const due = { now: start + idleMs, idleMs };

function live(session: KeptSession): LiveSession {
  if (session.state !== "live") throw new Error(`${session.id} is ${session.state}`);
  return session;
}

describe("a session whose time has come", () => {
  it("goes on from the activity that its room reports", () => {
    const news = { connections: 1, lastActiveAt: start + 400_000 };
    const settled = settle(session, news, due);
    expect(settled).toMatchObject({ state: "live", lastActiveAt: start + 400_000 });
    expect(deadlineOf(settled, idleMs)).toBe(start + 400_000 + idleMs);
  });

  it("expires without activity, and has its connections closed", () => {
    const settled = settle(session, { connections: 1, lastActiveAt: start }, due);
    expect(settled).toMatchObject({ state: "expired", endedAt: due.now, closing: true });
  });

  it("expires with nothing to close when it has no connections", () => {
    const settled = settle(session, { connections: 0, lastActiveAt: start }, due);
    expect(settled).toMatchObject({ state: "expired", closing: false });
    expect(deadlineOf(settled, idleMs)).toBe(due.now + SESSION_RULES.keptMs);
  });

  it("never goes back in time, nor believes a clock that is ahead", () => {
    const active = { ...session, lastActiveAt: start + 500_000 };
    const back = settle(active, { connections: 1, lastActiveAt: start }, due);
    expect(back).toMatchObject({ state: "live", lastActiveAt: start + 500_000 });
    const ahead = settle(session, { connections: 1, lastActiveAt: start + 10 * idleMs }, due);
    expect(ahead).toMatchObject({ lastActiveAt: due.now });
  });

  it("is neither ended nor kept for ever by a room that can't be reached", () => {
    let kept = settle(session, null, due);
    let tries = 1;
    for (; kept.state === "live"; tries++) {
      const now = deadlineOf(kept, idleMs);
      expect(now).toBeGreaterThan(due.now);
      kept = settle(kept, null, { now, idleMs });
    }
    expect(tries).toBe(ROOM_RETRY.maxAttempts);
    expect(kept.state === "expired" && kept.endedAt - due.now).toBe(610_000);
  });

  it("counts a silent room once per try, however often it is asked in between", () => {
    const once = live(settle(session, null, due));
    expect(settle(once, null, { now: due.now + 1, idleMs })).toBe(once);
  });

  it("forgets the silence as soon as the room answers", () => {
    const silent = live(settle(session, null, due));
    const heard = settle(silent, { connections: 1, lastActiveAt: due.now }, due);
    expect(heard).toMatchObject({ state: "live", failures: 0, retryAt: null });
  });
});

describe("an ended session", () => {
  const ended = end(session, { as: "revoked", now: start, closing: true });

  it("is closed again when a connection was still opening", () => {
    const connections = [{ id: "conn_1", openedAt: start - 1 }];
    const next = afterClose(ended, { reached: true, connections, now: start, random: 0 });
    expect(next.closing).toBe(true);
    const now = deadlineOf(next, idleMs);
    expect(now).toBe(start + SESSION_RULES.openingMs);
    expect(afterClose(next, { reached: true, connections, now, random: 0 }).closing).toBe(false);
  });

  it("is closed for as long as its room can't be reached: first after a second, then ever more rarely", () => {
    let kept = ended;
    let last = start;
    const waits: number[] = [];
    for (let tries = 0; tries < 40; tries++) {
      const now = deadlineOf(kept, idleMs);
      waits.push(now - last);
      last = now;
      kept = afterClose(kept, { reached: false, connections: [], now, random: 1 });
    }
    expect(kept.closing).toBe(true);
    expect(waits.slice(0, 4)).toEqual([1000, 1000, 2000, 4000]);
    expect(waits.at(-1)).toBe(300_000);
  });

  it("is shown as expired and without connections", () => {
    const view = viewOf({ ...ended, state: "expired" }, 3, idleMs);
    expect(view).toMatchObject({ state: "expired", connections: 0 });
  });
});

describe("lost close reports", () => {
  const at = (id: string, age: number) => ({ id, openedAt: start - age });
  const cases = [
    { rule: "nothing is lost when the counts agree", ages: [9000, 8000], reported: 2, lost: [] },
    { rule: "the oldest go first", ages: [8000, 9000], reported: 1, lost: ["c1"] },
    { rule: "all go when the room has none", ages: [8000, 9000], reported: 0, lost: ["c1", "c0"] },
    { rule: "one still opening is spared", ages: [10, 9000], reported: 0, lost: ["c1"] },
    { rule: "one still opening does not cost an older", ages: [10, 9000], reported: 1, lost: [] },
    { rule: "more than are known changes nothing", ages: [9000], reported: 5, lost: [] },
  ];
  it.each(cases)("$rule", ({ ages, reported, lost }) => {
    const connections = ages.map((age, index) => at(`c${index}`, age));
    const news = { connections: reported, lastActiveAt: start };
    const asked = { askedAt: start, now: start };
    expect(lostConnections(connections, news, asked)).toEqual(lost);
  });

  it("are told from what is opening by the room itself, however long that takes", () => {
    const connections = [at("c0", 9000), at("c1", 9000), at("c2", 1)];
    const news = { connections: 0, lastActiveAt: start, opening: ["c1"] };
    const asked = { askedAt: start, now: start };
    expect(lostConnections(connections, news, asked)).toEqual(["c0", "c2"]);
  });

  it("do not cost one that was granted since the room was asked, nor another for it", () => {
    const connections = [at("c0", 9000), at("c1", 9000), at("c2", 5), at("c3", 0)];
    const news = { connections: 1, lastActiveAt: start, opening: [] };
    const asked = { askedAt: start - 5, now: start };
    expect(lostConnections(connections, news, asked)).toEqual(["c0"]);
  });
});
