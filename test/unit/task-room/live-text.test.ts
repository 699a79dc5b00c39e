import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveText } from "../../../src/durable-objects/task-room/live/live-text";
import type { RoomEvent } from "../../../src/protocol/events";

const WINDOW_MS = 8;
const WRITING = { turnId: "turn_1", messageId: "msg_1", attempt: 1 };

type Field = "text" | "thinking";

/** A room's text and all frames that were sent, each as `offset:delta`. */
function scene(audience = 1) {
  const frames: string[][] = [];
  const texts = { text: "", thinking: "" };
  const live = new LiveText({
    now: () => Date.now(),
    audience: () => audience,
    lengthOf: (_, field) => texts[field].length,
    publish(events) {
      for (const event of events) apply(texts, event);
      frames.push(events.map(shown));
    },
  });
  const say = (delta: string, field: Field = "text") => live.push(WRITING, field, delta);
  return { frames, texts, live, say };
}

function apply(texts: Record<Field, string>, event: RoomEvent): void {
  if (event.type !== "chat:chunk" && event.type !== "chat:thinking") return;
  const field = event.type === "chat:chunk" ? "text" : "thinking";
  texts[field] = texts[field].slice(0, event.data.offset) + event.data.delta;
}

function shown(event: RoomEvent): string {
  if (event.type === "chat:chunk") return `${event.data.offset}:${event.data.delta}`;
  if (event.type === "chat:thinking") return `thinking ${event.data.offset}:${event.data.delta}`;
  return event.type;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("[A5] text goes out in windows", () => {
  it("the first delta at once", () => {
    const { frames, say } = scene();
    say("Hello");
    expect(frames).toEqual([["0:Hello"]]);
  });

  it("what follows within a window in one frame at its end, and in one per window from then on", () => {
    const { frames, say } = scene();
    for (const word of ["a", "b", "c"]) say(word);
    vi.advanceTimersByTime(WINDOW_MS - 1);
    expect(frames).toEqual([["0:a"]]);
    vi.advanceTimersByTime(1);
    expect(frames).toEqual([["0:a"], ["1:bc"]]);
    say("d");
    say("e");
    vi.advanceTimersByTime(WINDOW_MS);
    expect(frames).toEqual([["0:a"], ["1:bc"], ["3:de"]]);
  });

  it.each([
    [1, 8],
    [200, 8],
    [600, 54],
    [1000, 100],
    [5000, 100],
  ])(
    "to %i sockets in windows of %i ms, and the first at once all the same",
    (audience, window) => {
      const { frames, say } = scene(audience);
      for (const word of ["a", "b", "c"]) say(word);
      vi.advanceTimersByTime(window - 1);
      expect(frames).toEqual([["0:a"]]);
      vi.advanceTimersByTime(1);
      expect(frames).toEqual([["0:a"], ["1:bc"]]);
    },
  );

  it("after a silent window the next delta is a first one again", () => {
    const { frames, say } = scene();
    say("a");
    vi.advanceTimersByTime(WINDOW_MS * 2);
    say("b");
    expect(frames).toEqual([["0:a"], ["1:b"]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is not held back by a clock that goes back", () => {
    const { frames, say } = scene();
    say("a");
    vi.setSystemTime(Date.now() - 3_600_000);
    say("b");
    say("c");
    vi.advanceTimersByTime(WINDOW_MS);
    expect(frames).toEqual([["0:a"], ["1:b"], ["2:c"]]);
  });

  it("a delta that comes late lets the next come as much earlier, but no two windows' worth", () => {
    const { frames, say } = scene();
    say("a");
    vi.advanceTimersByTime(WINDOW_MS + 3);
    say("b");
    vi.advanceTimersByTime(WINDOW_MS - 3);
    say("c");
    expect(frames).toEqual([["0:a"], ["1:b"], ["2:c"]]);
    vi.advanceTimersByTime(WINDOW_MS * 9);
    for (const word of ["d", "e", "f"]) say(word);
    expect(frames.slice(3)).toEqual([["3:d"], ["4:e"]]);
    vi.advanceTimersByTime(WINDOW_MS);
    expect(frames.slice(5)).toEqual([["5:f"]]);
  });

  it("thinking and text of a window share its frame", () => {
    const { frames, say } = scene();
    say("first");
    say("hm", "thinking");
    say("!", "text");
    vi.advanceTimersByTime(WINDOW_MS);
    expect(frames[1]).toEqual(["thinking 0:hm", "5:!"]);
  });

  it("much text does not wait for the window's end", () => {
    const { frames, say } = scene();
    say("a");
    say("x".repeat(16 * 1024));
    expect(frames).toHaveLength(1);
    say("y");
    expect(frames).toHaveLength(2);
    expect(frames[1]?.[0]).toHaveLength("1:".length + 16 * 1024 + 1);
  });

  it("never in half of a surrogate pair: that half waits for the other", () => {
    const { frames, say } = scene();
    say("\ud83d");
    expect(frames).toEqual([]);
    vi.advanceTimersByTime(WINDOW_MS * 3);
    expect(frames).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    say("\ude80!");
    vi.advanceTimersByTime(WINDOW_MS);
    expect(frames.flat()).toEqual(["0:🚀!"]);
  });

  it("a flush sends what has gathered, before what must come after it", () => {
    const { frames, say, live } = scene();
    say("a");
    say("b");
    live.flush();
    expect(frames).toEqual([["0:a"], ["1:b"]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("what has gathered of an attempt that is over is dropped", () => {
    const { frames, say, live } = scene();
    say("a");
    say("late");
    live.drop(WRITING.turnId);
    vi.advanceTimersByTime(WINDOW_MS);
    live.flush();
    expect(frames).toEqual([["0:a"]]);
  });

  it("whatever is cut and whenever, the frames add up to the text, each well formed", () => {
    const delta = fc.string({ unit: "binary", maxLength: 4 });
    const cut = fc.tuple(fc.array(delta, { maxLength: 12 }), fc.array(fc.nat({ max: 6 })));
    const rule = fc.property(cut, fc.array(fc.nat({ max: 12 })), ([words, cuts], waits) => {
      const { frames, texts, say, live } = scene();
      const whole = words.join("");
      let from = 0;
      for (const [i, length] of [...cuts, whole.length].entries()) {
        const piece = whole.slice(from, from + length);
        from += piece.length;
        if (piece !== "") say(piece);
        vi.advanceTimersByTime(waits[i] ?? 0);
      }
      live.flush();
      expect(texts.text).toBe(whole);
      expect(frames.flat().every((frame) => frame.isWellFormed())).toBe(true);
    });
    fc.assert(rule, { numRuns: 300 });
  });
});
