import { expect, it } from "vitest";
import type { Message, Turn } from "../../../src/client";
import { answeredAnew, lastAnswers } from "../../../src/console/room/conversation/changes/anew";
import { answered, said, turnOf } from "../../support/said";

/** Turns whose answers have others before them, with the question that each names, if any. */
function anew(messages: Message[], turns: Turn[] = []): [string, string | undefined][] {
  return [...answeredAnew(messages, turns)].map(([turn, { question }]) => [turn, question?.id]);
}

const asked = said("m1", { turnId: "t1" });
const regenerating = turnOf("m1", "t2", { regenerates: "t1" });

it("an answer right after its question is as usual, with or without its turn", () => {
  const all = [asked, answered("m2", "t1")];
  expect(anew(all)).toEqual([]);
  expect(anew(all, [turnOf("m1", "t1")])).toEqual([]);
});

it("an answer that a turn gave anew is told by its turn", () => {
  expect(anew([asked, answered("m2", "t2")], [regenerating])).toEqual([["t2", undefined]]);
});

it("names its question where another stands between, a note aside", () => {
  const other = said("m3", { turnId: "t3" });
  const note = said("m3", { turnId: "t3", note: true });
  const answer = answered("m4", "t2");
  expect(anew([asked, other, answer], [regenerating])).toEqual([["t2", "m1"]]);
  expect(anew([asked, note, answer], [regenerating])).toEqual([["t2", undefined]]);
});

it("an answer of a turn that is not known any more is told by its question's turn", () => {
  expect(anew([asked, answered("m2", "t2")])).toEqual([["t2", undefined]]);
});

it.each([
  ["has been imported", answered("m2", "t9", { imported: true })],
  ["is a copy", answered("m2", "t9", { forkedFrom: { taskId: "task_0", messageId: "m0" } })],
])("an answer that %s has no versions here", (_, answer) => {
  expect(anew([asked, answer])).toEqual([]);
});

it("before the first question that is here nothing is supposed", () => {
  expect(anew([answered("m0", "t0"), asked])).toEqual([]);
});

it("a turn's last answer is the last of its own", () => {
  const all = [asked, answered("m2", "t1"), answered("m3", "t1"), said("m4", { turnId: "t4" })];
  expect([...lastAnswers(all)]).toEqual([["t1", "m3"]]);
});
