import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { answerStream } from "../../../../src/agents/model/wire/answer-stream";
import { type Answer, bodyOf, collect, type End, inputs } from "./answer";
import {
  books,
  content,
  cost,
  cuts,
  ends,
  event,
  eventsOf,
  framed,
  joined,
  piecesOf,
  usageEvent,
} from "./any-content";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("a whole stream is read as what it says, however its books are kept, wherever it is cut, however it hangs up", async () => {
  await fc.assert(
    fc.asyncProperty(content, books, ends, cost, cuts, async (said, kept, last, told, sizes) => {
      const hasDone = last.hasDone || last.reason === undefined;
      const finish = last.reason === undefined ? "" : event(kept, {}, last.reason);
      const text = said.map((piece, n) => eventsOf(piece, n, kept)).join("");
      const tail = `${finish}${usageEvent(told)}${hasDone ? "data: [DONE]\n\n" : ""}${last.behind}`;
      const answer = await readIn(framed(text + tail, kept), sizes, last.end);
      expect(answer.fault).toBeUndefined();
      expect(answer.text).toBe(joined(said, "text"));
      expect(answer.thinking).toBe(joined(said, "thinking"));
      expect(inputs(answer)).toEqual(
        said.flatMap((piece) => (piece.kind === "call" ? [[piece.name, piece.input]] : [])),
      );
      expect(answer.usage).toEqual(told ?? { input: undefined, output: undefined });
    }),
    { numRuns: 400 },
  );
});

it("a stream without an end is cut off, with all that it said and what it cost", async () => {
  const end = fc.constantFrom("closes" as const, "breaks" as const);
  await fc.assert(
    fc.asyncProperty(content, books, end, cost, cuts, async (said, kept, last, told, sizes) => {
      const text = said.map((piece, n) => eventsOf(piece, n, kept)).join("");
      const answer = await readIn(framed(text + usageEvent(told), kept), sizes, last);
      expect(answer.fault?.refusal.retryable).toBe(true);
      expect(answer.text).toBe(joined(said, "text"));
      expect(answer.thinking).toBe(joined(said, "thinking"));
      expect(answer.usage).toEqual(told);
    }),
    { numRuns: 200 },
  );
});

async function readIn(text: string, sizes: number[], end: End): Promise<Answer> {
  const { body } = bodyOf(piecesOf(text, sizes), end);
  const toolNames = ["get", "set"];
  const options = { thinkTags: true, toolNames, warnings: [], signal: undefined };
  const reading = collect(answerStream(body, options));
  // As long as usage is waited for.
  await vi.advanceTimersByTimeAsync(500);
  return reading;
}
