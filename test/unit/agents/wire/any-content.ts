import fc from "fast-check";

/** What a stream says, in pieces; all that is in it has to be read as it is. */
export type Content =
  | { kind: "text" | "thinking"; text: string }
  | { kind: "call"; name: string; input: Record<string, string | number>; cuts: number[] };

// Without tags, which have a meaning of their own.
export const words = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((text) => !text.includes("<"));
const input = fc.dictionary(fc.constantFrom("a", "b", "path"), fc.oneof(words, fc.integer()), {
  noNullPrototype: true,
});
export const content: fc.Arbitrary<Content[]> = fc.array(
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
export const books = fc
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
export type Books = typeof books extends fc.Arbitrary<infer T> ? T : never;

const count = fc.integer({ min: 1, max: 9999 });
export const cost = fc.option(fc.record({ input: count, output: count }), { nil: undefined });
export type Cost = { input: number; output: number } | undefined;
export const cuts = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 });
/** An end, and what follows it, which changes nothing. */
export const ends = fc.record({
  reason: fc.constantFrom("stop", "tool_calls", "length", undefined),
  hasDone: fc.boolean(),
  behind: fc.constantFrom("", "data: {\n\n", "<html>", 'data: {"error":{"code":500}}\n\n'),
  end: fc.constantFrom("closes" as const, "hangs" as const, "breaks" as const),
});

export function event(kept: Books, delta: object, finish?: string): string {
  const { id, model, role, index, finish_reason, usage } = kept;
  const choice = { index, delta: { role, ...delta }, finish_reason: finish ?? finish_reason };
  return `data: ${JSON.stringify({ id, model, choices: [choice], usage })}\n\n`;
}

export function usageEvent(told: Cost): string {
  if (!told) return "";
  const usage = { prompt_tokens: told.input, completion_tokens: told.output };
  return `data: ${JSON.stringify({ choices: [], usage })}\n\n`;
}

export function eventsOf(piece: Content, n: number, kept: Books): string {
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

/** A stream's bytes, in pieces of such sizes. */
export function piecesOf(text: string, sizes: number[]): Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  const pieces: Uint8Array[] = [];
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    pieces.push(bytes.slice(at, at + size));
    at += size;
  }
  return pieces;
}

/** With noise between the events. */
export function framed(events: string, { noise, lineEnd }: Books): string {
  const parts = events.split(/(?<=\n\n)/);
  const noisy = parts.map((part, n) => (noise[n % 8] ?? "") + part).join("");
  return noisy.replaceAll("\n", lineEnd);
}

export function joined(said: Content[], kind: "text" | "thinking"): string {
  return said.map((piece) => (piece.kind === kind ? piece.text : "")).join("");
}
