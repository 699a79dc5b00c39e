import { describe, expect, it } from "vitest";
import { applyEvent } from "../../../src/engine/fold/fold";
import { newsFor } from "../../../src/engine/user/news";
import type { LogEvent } from "../../../src/protocol/events";
import type { RoomState } from "../../../src/protocol/room-state";
import type { UserEvent } from "../../../src/protocol/user-events";
import { userEvent } from "../../../src/protocol/user-events";
import type { Evidence } from "../../faults/evidence";
import { INVARIANTS, violations } from "../../faults/invariants";
import { OWNER, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

const MARK = "[[r1]]";

/** Two turns, one of them tried twice, as a room without a fault leaves them. */
function whole(): Evidence {
  const world = new World(solo());
  world.send(`${MARK} first`);
  world.fail();
  world.wait(2000);
  world.finish("an answer");
  world.send(`${MARK} second`);
  world.finish("another answer");
  const log: LogEvent[] = structuredClone(world.log);
  const stored = folded(log);
  const messages = stored?.messages ?? [];
  const news = newsOf(world);
  return {
    mark: MARK,
    turnLimitMs: 10_000,
    sent: messages
      .filter(({ role }) => role === "user")
      .map(({ content, id, turnId }) => ({ content, acks: [{ messageId: id, turnId }] })),
    answers: ["an answer", "another answer"],
    log,
    messages: structuredClone(messages),
    turns: [...world.closed.values()].map(({ turn }) => structuredClone(turn)),
    task: structuredClone(world.room.state.task),
    stored,
    clients: [{ name: "bob", state: folded(log), heard: log, complaints: [], marks: [MARK] }],
    listed: { status: "COMPLETED", title: "A task" },
    news,
    delivered: news.map(({ type, data }) => ({ type, data: { ...data } })),
    serverErrors: [{ path: "GET /tasks", status: 503, code: "unavailable" }],
  };
}

function folded(log: LogEvent[]): RoomState | undefined {
  return structuredClone(log.reduce<RoomState | undefined>(applyEvent, undefined));
}

function newsOf({ log, room }: World): UserEvent[] {
  const items = newsFor(OWNER, log, { room, turn: () => undefined });
  return items.map(({ event }, i) => {
    const more = { id: `ntf_${"0".repeat(26)}`, createdAt: event.ts };
    const data =
      event.type === "notification"
        ? { notification: { ...event.data.notification, ...more } }
        : event.data;
    return userEvent.parse({ ...event, data, seq: i + 1 });
  });
}

/** No longer all of one frame. */
function lengthen({ messages, stored, clients, log }: Evidence): void {
  const content = "漢".repeat(300_000);
  for (const event of log) {
    if (event.type === "chat:message") event.data.message.content = content;
  }
  const states = [stored, ...clients.map(({ state }) => state)];
  for (const message of [messages, ...states.map((state) => state?.messages ?? [])].flat()) {
    if (message.role === "user") message.content = content;
  }
}

/** A way in which a room can be broken, and what must say so. */
const BREAKS: [
  name: keyof typeof INVARIANTS,
  how: string,
  breakIt: (whole: Evidence) => unknown,
][] = [
  ["no acknowledged message is lost", "a message is gone", (it) => it.messages.splice(0, 1)],
  [
    "no acknowledged message is lost",
    "it holds other words",
    (it) => Object.assign(it.messages[0] ?? {}, { content: "other" }),
  ],
  ["no message is doubled", "it stands there twice", (it) => it.messages.push(...it.messages)],
  [
    "no message is doubled",
    "it was given two ids",
    (it) => it.sent[0]?.acks.push({ messageId: "msg_other", turnId: "turn_other" }),
  ],
  ["no message is doubled", "nobody sent it", (it) => it.sent.splice(0, 1)],
  ["the log is numbered without gaps", "an event is missing", (it) => it.log.splice(3, 1)],
  [
    "the log is numbered without gaps",
    "a number comes twice",
    (it) => it.log.splice(3, 0, ...it.log.slice(2, 3)),
  ],
  ["the log is numbered without gaps", "the end is missing", (it) => it.log.pop()],
  [
    "every client hears the log as it is stored",
    "it heard something else",
    (it) => Object.assign(client(it), { heard: [{ ...it.log[1], ts: "2020-01-01" }] }),
  ],
  [
    "every client hears the log as it is stored",
    "it complained when it came",
    (it) => client(it).complaints.push("a gap"),
  ],
  [
    "at most one turn is at work",
    "a turn begins before the other ends",
    (it) => Object.assign(it, { log: it.log.filter((event) => !isEndOf(event, "COMPLETED")) }),
  ],
  [
    "turns and tasks move as they may",
    "a turn jumps",
    (it) => Object.assign(it, { log: it.log.filter((event) => !isEndOf(event, "PROCESSING")) }),
  ],
  [
    "every turn ends, within its limit",
    "one is left open",
    (it) => Object.assign(it.turns[0] ?? {}, { status: "PROCESSING" }),
  ],
  ["every turn ends, within its limit", "one took too long", (it) => set(it, { turnLimitMs: 1 })],
  [
    "the task's status agrees with its turns",
    "it still runs",
    (it) => Object.assign(it.task, { status: "RUNNING" }),
  ],
  [
    "the text delivered is the text stored",
    "no model has said that",
    (it) => it.answers.splice(0, 1),
  ],
  [
    "the text delivered is the text stored",
    "it was stored otherwise",
    (it) => Object.assign(it.messages[1] ?? {}, { content: "another answer" }),
  ],
  [
    "a turn's last words come in order",
    "a turn ends without a word",
    (it) => set(it, { log: it.log.filter(({ type }) => type !== "chat:done") }),
  ],
  [
    "no client folds to another state",
    "it shows nothing",
    (it) => set(client(it), { state: undefined }),
  ],
  [
    "no client folds to another state",
    "the snapshot is not the history",
    (it) => it.stored?.messages.pop(),
  ],
  [
    "no client folds to another state",
    "its oldest message is missing, and all would fit",
    (it) => client(it).state?.messages.shift(),
  ],
  [
    "no client folds to another state",
    "a long history has a gap",
    (it) => {
      lengthen(it);
      client(it).state?.messages.splice(1, 1);
    },
  ],
  ["D1 agrees with the room", "it is not listed", (it) => set(it, { listed: undefined })],
  [
    "D1 agrees with the room",
    "it is listed otherwise",
    (it) => set(it.listed ?? {}, { status: "RUNNING" }),
  ],
  ["news comes once and in order", "one is missing", (it) => it.news.splice(1, 1)],
  ["news comes once and in order", "the last is missing", (it) => it.news.pop()],
  ["webhooks come at least once and in order", "one never came", (it) => it.delivered?.pop()],
  ["webhooks come at least once and in order", "they overtook", (it) => it.delivered?.reverse()],
  [
    "nothing of another room is heard",
    "another room's words",
    (it) => client(it).marks.push("[[r2]]"),
  ],
  [
    "no 5xx but `unavailable`",
    "an internal error",
    (it) => it.serverErrors.push({ path: "GET /", status: 500, code: "internal" }),
  ],
];

it("a room without a fault breaks nothing", () => {
  expect(violations(whole())).toEqual([]);
});

describe("each invariant sees what breaks it", () => {
  it.each(BREAKS)("%s: %s", (name, _, breakIt) => {
    const evidence = whole();
    breakIt(evidence);
    expect(INVARIANTS[name]?.(evidence)).not.toEqual([]);
  });

  it("none is left without a case", () => {
    const covered = new Set(BREAKS.map(([name]) => name));
    expect(Object.keys(INVARIANTS).filter((name) => !covered.has(name))).toEqual([]);
  });
});

function client({ clients: [first] }: Evidence) {
  if (!first) throw new Error("there is no client");
  return first;
}

function isEndOf(event: LogEvent, status: string): boolean {
  return event.type === "turn:status" && event.data.status === status;
}

function set<T extends object>(target: T, patch: Partial<T>): void {
  Object.assign(target, patch);
}
