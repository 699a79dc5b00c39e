import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packed, packedText, SENT_FRAME_BYTES } from "../../../src/durable-objects/sockets/packing";

type Event = { type: string; seq: number; text: string };

/** Texts whose UTF-8 takes one, two, three and four bytes a character. */
const text = fc
  .tuple(fc.constantFrom("x", "é", "漢", "🎉"), fc.integer({ min: 0, max: 200_000 }))
  .map(([character, length]) => character.repeat(length));
const events = fc
  .array(text, { maxLength: 12 })
  .map((texts) => texts.map((one, i): Event => ({ type: "log", seq: i + 1, text: one })));

function eventsIn(frames: string[]): Event[] {
  return frames.flatMap((frame) => {
    const json = JSON.parse(frame);
    return json.type === "batch" ? json.data : [json];
  });
}

describe("packed events", () => {
  const small = { type: "presence" };
  it.each([
    ["none is no frame", [], []],
    ["one is itself", [small], [JSON.stringify(small)]],
    [
      "several are a batch",
      [small, small],
      [JSON.stringify({ type: "batch", data: [small, small] })],
    ],
  ])("%s", (_, given, frames) => expect(packed(given)).toEqual(frames));

  it("are all there, in order, in frames of at most 1 MiB; also those that are JSON already", () => {
    fc.assert(
      fc.property(events, (given) => {
        const json = JSON.stringify(given).slice(1, -1);
        const two = [packed(given), given.length > 0 ? packedText(json, given.length === 1) : []];
        for (const frames of two) {
          expect(eventsIn(frames)).toEqual(given);
          for (const frame of frames) {
            expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(SENT_FRAME_BYTES);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it("fill a frame to the last byte before they begin another", () => {
    const a = { type: "a", text: "" };
    const b = { type: "b", text: "" };
    const frame = JSON.stringify({ type: "batch", data: [a, b] });
    const rest = SENT_FRAME_BYTES - frame.length;
    const fits = [a, { type: "b", text: "x".repeat(rest) }];
    const over = [a, { type: "b", text: "x".repeat(rest + 1) }];
    expect(packed(fits).length).toBe(1);
    expect(packed(over).length).toBe(2);
  });
});
