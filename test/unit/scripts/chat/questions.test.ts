import { describe, expect, it } from "vitest";
import { questionsOf, readAnswer } from "../../../../scripts/chat/questions";
import type { RoomState, StreamCall } from "../../../../src/protocol/room-state";
import { message, room, TURN, turn } from "./room-events";

const [step] = turn.steps;

/** A room whose turn waits, with these calls in its last round. */
function waiting(calls?: Partial<StreamCall>[], role: "owner" | "viewer" = "owner"): RoomState {
  const made = calls?.map((call, index) => ({
    ...{ index, toolCallId: `call_${index}`, name: "charge", input: { amount: index } },
    ...call,
  }));
  const stream = {
    ...{ turnId: TURN, messageId: message("assistant", "").id, step: "s1", attempt: 1 },
    ...{ text: "", thinking: "" },
    ...(made && { rounds: [{ round: 0, text: "", calls: made }] }),
  };
  const state = room(5, {
    openTurns: [
      { ...turn, status: "WAITING", steps: step ? [{ ...step, status: "WAITING" }] : [] },
    ],
    streams: made ? [stream] : [],
  });
  return { ...state, task: { ...state.task, role } };
}

const asked = (state: RoomState | undefined) => questionsOf(state).map(({ text }) => text);

describe("what a room asks a person", () => {
  it("is every call that waits for approval, in order", () => {
    const calls: Partial<StreamCall>[] = [
      { approval: "asked" },
      { approval: "refused", error: "no" },
      { isMade: true, output: 1 },
      { approval: "asked", input: "as it is" },
    ];
    expect(questionsOf(waiting(calls))).toMatchObject([
      { turnId: TURN, step: "s1", toolCallId: "call_0" },
      { turnId: TURN, step: "s1", toolCallId: "call_3" },
    ]);
    expect(asked(waiting(calls))).toEqual([
      'May charge be called with {"amount":0}?',
      "May charge be called with as it is?",
    ]);
  });

  it("tells calls of one id apart", () => {
    const same = { approval: "asked", toolCallId: "same" } as const;
    const keys = questionsOf(waiting([same, same])).map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
  });

  it("is the step itself where it has not begun", () => {
    expect(asked(waiting())).toEqual(["May assistant begin?"]);
  });

  it("is nothing where a client has to act, where nothing waits, and of who only watches", () => {
    expect(asked(waiting([{ isMade: true, where: "client" }]))).toEqual([]);
    expect(asked(room(5, { openTurns: [turn] }))).toEqual([]);
    expect(asked(undefined)).toEqual([]);
    expect(asked(waiting([{ approval: "asked" }], "viewer"))).toEqual([]);
  });
});

describe("an answer", () => {
  it.each([
    ["y", { approve: true }],
    ["YES", { approve: true }],
    ["n", { approve: false }],
    ["n too much", { approve: false, note: "too much" }],
    ["no, ask Bob first", { approve: false, note: "ask Bob first" }],
    ["yes: only once", { approve: true, note: "only once" }],
  ])("%s", (line, expected) => {
    expect(readAnswer(line)).toEqual(expected);
  });

  it.each(["", "maybe", "nothing works", "yesterday", "/stop"])("%j is none", (line) => {
    expect(readAnswer(line)).toBeUndefined();
  });
});
