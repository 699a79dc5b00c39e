import fc from "fast-check";
import { expect, it } from "vitest";
import { after, type Frame } from "../../../../src/faces/openai/responses/frame";
import { ResponseFrames } from "../../../../src/faces/openai/responses/response-frames";
import { TurnReading } from "../../../../src/faces/turn-view/reading";
import type { RoomEvent } from "../../../../src/protocol/events";
import { Teller, TURN, tales } from "../../../support/turn-tale";

const FACTS = {
  id: "resp_1",
  conversation: "conv_1",
  origin: "https://rooms.test",
  model: "a/b",
  previousResponseId: null,
  metadata: {},
};
const TS = "2026-01-01T00:00:00.000Z";

/** All frames of a turn to somebody who hears these events. */
function told(events: readonly RoomEvent[]): Frame[] {
  const reading = new TurnReading(TURN);
  const frames = new ResponseFrames(FACTS, TURN);
  return [reading.begin(), ...events.flatMap((event) => reading.read(event))].flatMap((item) =>
    frames.isOver ? [] : frames.read(item),
  );
}

function synced(): RoomEvent {
  return { type: "synced", ts: TS, data: { headSeq: 0 } };
}

/** To somebody who is there from the beginning. */
function live({ events }: Teller): Frame[] {
  return told([synced(), ...events]);
}

/** To somebody who comes when so many events have happened: the log, what is being written, the rest. */
function late({ events, writing }: Teller, from: number): Frame[] {
  const before = events.slice(0, from).filter((event) => "seq" in event);
  return told([...before, ...(writing[from - 1] ?? []), synced(), ...events.slice(from)]);
}

/** What a reader of the bare events has. */
function read(frames: readonly Frame[]) {
  const texts: Record<string, string> = {};
  for (const { delta, item_id } of frames) {
    if (delta !== undefined) texts[String(item_id)] = (texts[String(item_id)] ?? "") + delta;
  }
  return texts;
}

function outputOf(
  frames: readonly Frame[],
): { id: string; type: string; content?: { text: string }[] }[] {
  const last = frames.at(-1)?.response;
  return JSON.parse(JSON.stringify(last ?? { output: [] })).output;
}

/** The frames after a number, as the face sends them: the end is always told. */
function rest(frames: readonly Frame[], last: number): Frame[] {
  const end = frames.at(-1);
  return [
    ...frames.slice(0, -1).flatMap((frame) => after(frame, last) ?? []),
    ...(end ? [end] : []),
  ];
}

/** How much of a piece was not read, `wanted` at most: pieces never end within a character. */
function shortened(piece: string, wanted: number): number {
  const short = Math.min(wanted, Math.max(0, piece.length - 1));
  return piece.slice(piece.length - short).isWellFormed() ? short : short - 1;
}

it("resumed after any frame, and whenever, a response reads as one that was never left", () => {
  const cut = fc.record({ frame: fc.nat(), event: fc.nat(), within: fc.nat() });
  fc.assert(
    fc.property(tales, cut, (tale, { frame, event, within }) => {
      const teller = new Teller(tale);
      const whole = live(teller);
      const first = whole.slice(0, 1 + (frame % (whole.length - 1)));
      const last = first.at(-1);
      if (!last) return;
      // Nobody comes back before what was told has happened.
      const happened = teller.events.findIndex(
        (_, i) => told([synced(), ...teller.events.slice(0, i + 1)]).length >= first.length,
      );
      const from = happened + 1 + (event % (teller.events.length - happened));
      const short = shortened(last.delta ?? "", within);
      const had =
        last.delta === undefined
          ? last
          : { ...last, delta: last.delta.slice(0, last.delta.length - short) };
      const resumed = [
        ...first.slice(0, -1),
        had,
        ...rest(late(teller, from), last.sequence_number - short),
      ];
      const output = outputOf(whole);
      expect(outputOf(resumed)).toEqual(output);
      const [a, b] = [read(whole), read(resumed)];
      for (const { id, type, content } of output) {
        if (!content) continue;
        // Blanks at the end of thinking are told with what follows them, or never.
        const shown = (text = "") => (type === "message" ? text : text.trimEnd());
        expect(shown(b[id])).toBe(shown(a[id]));
        expect(shown(b[id])).toBe(shown(content[0]?.text));
      }
    }),
    { numRuns: 400 },
  );
});

it("numbers grow and are safe, no item comes twice, and none is left open", () => {
  fc.assert(
    fc.property(tales, fc.nat(), (tale, at) => {
      const teller = new Teller(tale);
      const frames = late(teller, at % (teller.events.length + 1));
      const numbers = frames.map(({ sequence_number }) => sequence_number);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
      expect(numbers.every(Number.isSafeInteger)).toBe(true);
      const indexes = (type: string) =>
        frames.filter((frame) => frame.type === type).map(({ output_index }) => output_index);
      const added = indexes("response.output_item.added");
      expect(added).toEqual(added.map((_, i) => i));
      expect(indexes("response.output_item.done").toSorted()).toEqual(added.toSorted());
    }),
    { numRuns: 200 },
  );
});
