import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { answerStream } from "../../../../src/agents/model/wire/answer-stream";
import { type Answer, bodyOf, collect, type End, inputs } from "./answer";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What a stream says, in pieces; all that is in it has to be read as it is. */
type Content =
  | { kind: "text" | "thinking"; text: string }
  | { kind: "call"; name: string; input: Record<string, string | number>; cuts: number[] };

// Without tags, which have a meaning of their own.
const words = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((text) => !text.includes("<"));
const input = fc.dictionary(fc.constantFrom("a", "b", "path"), fc.oneof(words, fc.integer()), {
  noNullPrototype: true,
});
const content: fc.Arbitrary<Content[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom("text" as const, "thinking" as const),
        text: words,
      }),
    },
    fc.record({
      kind: fc.constant("call" as const),
      name: fc.constantFrom("get", "set"),
      input,
      cuts: fc.array(fc.nat(40), { maxLength: 3 }),
    }),
  ),
  { maxLength: 8 },
);

/** How the provider keeps its books; none of it changes what is said. */
const books = fc
  .record({
    id: fc.constantFrom("c1", 5, null, undefined),
    model: fc.constantFrom("m", "", 7, undefined),
    role: fc.constantFrom("assistant", "bot", "", null, undefined),
    index: fc.constantFrom(0, null, undefined),
    finish_reason: fc.constantFrom(null, "", undefined),
    usage: fc.constantFrom(null, undefined, {}, "none"),
    thinkingField: fc.constantFrom("reasoning_content", "reasoning"),
    asParts: fc.boolean(),
    argumentsAre: fc.constantFrom("text", "object", "text of text"),
    hasCallIndex: fc.boolean(),
    callIds: fc.constantFrom("first", "every", "last", "none"),
    noise: fc.array(
      fc.constantFrom(
        ...[": ping\n\n", ":\n", "data: ping\n\n", "data:\n\n", "event: ping\ndata: {}\n\n"],
        ...['data: {"choices":[]}\n\n', 'data: {"choices":null}\n\n', 'data: {"x":1}\n\n'],
      ),
      { maxLength: 4 },
    ),
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
  })
  // With neither, two calls of one tool cannot be told from one.
  .filter(
    ({ hasCallIndex, callIds }) => hasCallIndex || callIds === "first" || callIds === "every",
  );
type Books = typeof books extends fc.Arbitrary<infer T> ? T : never;

const count = fc.integer({ min: 1, max: 9999 });
const cost = fc.option(fc.record({ input: count, output: count }), { nil: undefined });
type Cost = { input: number; output: number } | undefined;
const cuts = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 });
/** An end, and what follows it, which changes nothing. */
const ends = fc.record({
  reason: fc.constantFrom("stop", "tool_calls", "length", undefined),
  hasDone: fc.boolean(),
  behind: fc.constantFrom("", "data: {\n\n", "<html>", 'data: {"error":{"code":500}}\n\n'),
  end: fc.constantFrom("closes" as const, "hangs" as const, "breaks" as const),
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

function event(kept: Books, delta: object, finish?: string): string {
  const { id, model, role, index, finish_reason, usage } = kept;
  const choice = { index, delta: { role, ...delta }, finish_reason: finish ?? finish_reason };
  return `data: ${JSON.stringify({ id, model, choices: [choice], usage })}\n\n`;
}

function usageEvent(told: Cost): string {
  if (!told) return "";
  const usage = { prompt_tokens: told.input, completion_tokens: told.output };
  return `data: ${JSON.stringify({ choices: [], usage })}\n\n`;
}

function eventsOf(piece: Content, n: number, kept: Books): string {
  if (piece.kind === "call") return callEvents(piece, n, kept);
  const { text } = piece;
  if (piece.kind === "thinking") return event(kept, { [kept.thinkingField]: text });
  return event(kept, { content: kept.asParts ? [{ type: "text", text }] : text });
}

function callEvents(call: Extract<Content, { kind: "call" }>, n: number, kept: Books): string {
  const pieces = argumentPieces(call, kept);
  const last = pieces.length - 1;
  return pieces
    .map((piece, at) => {
      const isFirst = at === 0;
      const hasId = { first: isFirst, every: true, last: at === last, none: false }[kept.callIds];
      const tool_call = {
        ...(kept.hasCallIndex ? { index: n } : {}),
        ...(hasId ? { id: `call_${n}` } : {}),
        function: { ...(isFirst ? { name: call.name } : {}), arguments: piece },
      };
      return event(kept, { tool_calls: [tool_call] });
    })
    .join("");
}

function argumentPieces({ input, cuts }: Extract<Content, { kind: "call" }>, kept: Books) {
  if (kept.argumentsAre === "object") return [input];
  const json = JSON.stringify(input);
  const text = kept.argumentsAre === "text" ? json : JSON.stringify(json);
  const ends = [...new Set([...cuts.filter((cut) => cut < text.length), text.length])];
  return ends.sort((a, b) => a - b).map((end, n, all) => text.slice(all[n - 1] ?? 0, end));
}

/** With noise between the events. */
function framed(events: string, { noise, lineEnd }: Books): string {
  const parts = events.split(/(?<=\n\n)/);
  const noisy = parts.map((part, n) => (noise[n % 8] ?? "") + part).join("");
  return noisy.replaceAll("\n", lineEnd);
}

function joined(said: Content[], kind: "text" | "thinking"): string {
  return said.map((piece) => (piece.kind === kind ? piece.text : "")).join("");
}

async function readIn(text: string, sizes: number[], end: End): Promise<Answer> {
  const bytes = new TextEncoder().encode(text);
  const pieces: Uint8Array[] = [];
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    pieces.push(bytes.slice(at, at + size));
    at += size;
  }
  const { body } = bodyOf(pieces, end);
  const toolNames = ["get", "set"];
  const options = { thinkTags: true, toolNames, warnings: [], signal: undefined };
  const reading = collect(answerStream(body, options));
  // As long as usage is waited for.
  await vi.advanceTimersByTimeAsync(500);
  return reading;
}
