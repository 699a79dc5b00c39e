import { describe, expect, it } from "vitest";
import { waitInStep } from "../../../src/engine/step/go-on";
import { decideCall } from "../../../src/engine/step/tool-answers";
import type { LogEvent } from "../../../src/protocol/events";
import { message } from "../../../src/protocol/message";
import { turn } from "../../../src/protocol/turn";
import {
  ROUND_INVARIANTS,
  type RoundEvidence,
  roundViolations,
} from "../../faults/rounds/round-invariants";
import { OWNER, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

const NAMES = ["look", "sign"] as const;

/** A turn of one round with two tools, one of which a person was asked for. */
function whole(): RoundEvidence {
  const world = new World(solo());
  const turnId = world.send("go");
  const calls = NAMES.map((name, index) => {
    return { round: 0, index, toolCallId: `call_${index}`, name, input: {} };
  });
  const [look, sign] = calls;
  if (!look || !sign) throw new Error("two calls are needed");
  world.record([
    { type: "round", round: 0, text: "", calls },
    { type: "tool-call", ...look },
    { type: "tool-approval", ...sign },
  ]);
  const ended = ({ input, ...call }: typeof look, output: string) =>
    world.record([{ type: "tool-result", ...call, output }]);
  ended(look, "seen");
  const fence = world.attempt;
  world.act((draft) => waitInStep(draft, fence));
  const yes = { turnId, toolCallId: sign.toolCallId, approve: true, by: OWNER };
  world.act((draft) => decideCall(draft, yes));
  world.record([{ type: "tool-call", ...sign }]);
  ended(sign, "signed");
  world.finish("done");
  const at = Date.parse(world.log.at(-1)?.ts ?? "");
  return {
    ...{ mark: "", answers: [], clients: [], news: [], serverErrors: [], delivered: undefined },
    ...{ turnLimitMs: 10_000, listed: undefined, task: world.room.state.task, stored: undefined },
    sent: [{ content: "go", acks: [{ messageId: "msg_1", turnId }] }],
    log: structuredClone(world.log),
    messages: world.room.state.messages.map((one) => message.parse(one)),
    turns: [...world.closed.values()].map((record) => turn.parse(record.turn)),
    plans: [[[...NAMES]]],
    asked: NAMES.map((name, index) => ({
      ...{ name, of: "", at: name === "look" ? 0 : at },
      key: `${turnId}:assistant:1:0:${index}`,
    })),
  };
}

const eventIn = <T extends LogEvent["type"]>({ log }: RoundEvidence, type: T) =>
  log.findLast((event): event is Extract<LogEvent, { type: T }> => event.type === type);

/** What a room may not leave, and which rule says so. */
const BREAKS: [
  name: keyof typeof ROUND_INVARIANTS,
  how: string,
  breakIt: (room: RoundEvidence) => unknown,
][] = [
  [
    "a call is made once; twice only where that is harmless",
    "signed twice",
    ({ asked }) => asked.push({ ...last(asked) }),
  ],
  [
    "no call that has a result is made again",
    "looked at the end",
    ({ asked }) => asked.push({ ...first(asked), at: Number.POSITIVE_INFINITY }),
  ],
  [
    "a call keeps its key",
    "another run's",
    ({ asked }) => asked.push({ ...first(asked), key: first(asked).key.replace(":1:0:", ":2:0:") }),
  ],
  [
    "a call has one result",
    "another later",
    (room) => {
      const event = eventIn(room, "tool:result");
      if (event) room.log.push({ ...event, data: { ...event.data, output: "other" } });
    },
  ],
  ["a call has one result", "none asked for", ({ asked }) => asked.pop()],
  [
    "a call has one result",
    "unknown, where it may be repeated",
    ({ log }) => {
      for (const event of log) {
        if (event.type !== "tool:result" || event.data.name !== "look") continue;
        event.data = { ...event.data, output: undefined, error: "Its outcome is unknown." };
      }
    },
  ],
  [
    "what needs a person's word is made after it",
    "a no",
    (room) => Object.assign(eventIn(room, "tool:decision")?.data ?? {}, { approve: false }),
  ],
  [
    "an answer has every use of its turn",
    "none",
    ({ messages }) => Object.assign(messages.at(-1) ?? {}, { metadata: {} }),
  ],
];

function first<T>([item]: T[]): T {
  if (item === undefined) throw new Error("there is none");
  return item;
}

const last = <T>(items: T[]) => first(items.toReversed());

describe("invariants of rounds", () => {
  it("hold of a room without a fault", () => {
    expect(roundViolations(whole())).toEqual([]);
  });

  it.each(BREAKS)("%s: %s", (name, _, breakIt) => {
    const room = whole();
    breakIt(room);
    expect(roundViolations(room).join("\n")).toContain(`${name}: `);
  });

  it("each is broken by one of these", () => {
    expect(Object.keys(ROUND_INVARIANTS).sort()).toEqual(
      [...new Set(BREAKS.map(([name]) => name))].sort(),
    );
  });
});
