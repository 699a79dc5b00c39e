import { describe, expect, it } from "vitest";
import { answersOf, inPlace } from "../../../src/durable-objects/task-room/turns/in-place";
import type { Message } from "../../../src/protocol/message";

/** `id` and `turnId` are short: what is told of them is how they hang together. */
function message(seq: number, role: Message["role"], turnId: string): Message {
  return {
    id: `${role}${seq}`,
    seq,
    ...{ taskId: "t", turnId, threadId: "main", role, content: "", metadata: {} },
    status: "complete",
    createdAt: "2026-01-01T00:00:00.000Z",
  };
}

const said = [
  message(1, "user", "a"),
  message(3, "user", "b"),
  message(4, "assistant", "b"),
  message(7, "assistant", "c"),
];
/** Turn c answers the message of turn a anew. */
const questionOf = (turnId: string) => (turnId === "c" ? "user1" : undefined);

const seqs = (messages: readonly Message[]) => messages.map(({ seq }) => seq);

describe("[ED3] an answer that was given anew", () => {
  it("is told after its question, whatever was said meanwhile", () => {
    expect(seqs(inPlace(said, questionOf))).toEqual([1, 7, 3, 4]);
  });

  it("whose question is not told stands where it was given", () => {
    expect(seqs(inPlace(said.slice(1), questionOf))).toEqual([3, 4, 7]);
  });

  it("other answers stand where they were given, also where questions had waited", () => {
    const waited = [message(1, "user", "a"), message(2, "user", "b"), message(3, "assistant", "a")];
    expect(seqs(inPlace(waited, questionOf))).toEqual([1, 2, 3]);
  });

  it("answers to what was said are known by their turns, and by what these answer anew", () => {
    const later = [
      message(4, "assistant", "a"),
      message(7, "assistant", "c"),
      message(9, "assistant", "x"),
    ];
    expect(seqs(answersOf(said.slice(0, 1), later, questionOf))).toEqual([4, 7]);
  });
});
