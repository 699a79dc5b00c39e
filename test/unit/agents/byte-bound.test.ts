import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteBound, boundedBody } from "../../../src/platform/byte-bound";

const BOUNDS = { eventBytes: 1000, streamBytes: 100_000 };

/** Bytes until it is too much, read in pieces of `size`; infinity where it never is. */
function takenOf(text: string, size: number, bounds = BOUNDS): number {
  const bytes = new TextEncoder().encode(text);
  const bound = new ByteBound(bounds);
  for (let at = 0; at < bytes.length; at += size) {
    if (!bound.holds(bytes.subarray(at, at + size))) return at + size;
  }
  return Number.POSITIVE_INFINITY;
}

const x = "x".repeat(60);

describe("an event that does not end is too much, however it fails to end", () => {
  it.each([
    ["no line end at all", "x"],
    ["a line of data without end", `data: ${x}`],
    ["lines that end in LF", `data: ${x}\n`],
    ["lines that end in CR", `data: ${x}\r`],
    ["lines that end in both", `data: ${x}\r\n`],
    ["comments", `: ${x}\n`],
    ["comments with a blank line after each", `: ${x}\n\n`],
    ["blank lines", "\n"],
    ["blank lines of CR", "\r"],
    ["fields that are no data", `event: ${x}\n\n`],
    ["text that is no field", `${x}\r\n\r\n`],
    ["JSON", `{"a": "${x}",\n\n`],
  ])("%s", (_, piece) => {
    for (const size of [1, 7, 64, 4096]) {
      const taken = takenOf(piece.repeat(200), size);
      const at = Math.min(200 * piece.length, 1000);
      expect(taken).toBeGreaterThanOrEqual(at);
      if (200 * piece.length > 1000) expect(taken).toBeLessThanOrEqual(1000 + size);
    }
  });
});

describe("events that end are never too much", () => {
  it.each([
    ["LF", "\n"],
    ["CR", "\r"],
    ["both", "\r\n"],
  ])("with lines that end in %s, comments between them", (_, end) => {
    const event = `: ping${end}${end}event: delta${end}data: ${x}${end}data: ${x}${end}${end}`;
    for (const size of [1, 7, 64, 4096]) {
      expect(takenOf(event.repeat(300), size)).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it("until the whole stream is", () => {
    const event = `data: ${x}\n\n`;
    expect(takenOf(event.repeat(2000), 64)).toBeGreaterThan(100_000);
    expect(takenOf(event.repeat(2000), 64)).toBeLessThanOrEqual(100_064);
  });
});

it("how a stream is cut into pieces changes nothing", () => {
  const pieces = fc.array(
    fc.constantFrom("\n", "\r", "\r\n", "data", "data: a", ":", "event: b", "dat", "a", "\n\n"),
    { maxLength: 60 },
  );
  const bounds = { eventBytes: 40, streamBytes: 10_000 };
  const rule = fc.property(pieces, fc.integer({ min: 1, max: 9 }), (parts, size) => {
    const text = parts.join("");
    const isHeld = (by: number) => takenOf(text, by, bounds) === Number.POSITIVE_INFINITY;
    expect(isHeld(size)).toBe(isHeld(1));
  });
  fc.assert(rule, { numRuns: 500 });
});

describe("a body with a bound", () => {
  function source(count: number) {
    const seen = { pulls: 0, cancelled: false };
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (seen.pulls++ < count) controller.enqueue(new Uint8Array(400));
          else controller.close();
        },
        cancel() {
          seen.cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    return { seen, body };
  }
  const bounded = (body: ReadableStream<Uint8Array>) =>
    new Response(boundedBody(body, new ByteBound(BOUNDS), () => new Error("too much")));

  it("passes what is within it", async () => {
    const { body } = source(2);
    expect((await bounded(body).arrayBuffer()).byteLength).toBe(800);
  });

  it("fails past it, and takes no more from the sender", async () => {
    const { seen, body } = source(1000);
    await expect(bounded(body).arrayBuffer()).rejects.toThrow("too much");
    expect(seen).toEqual({ pulls: 3, cancelled: true });
  });
});
