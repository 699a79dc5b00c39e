import * as fc from "fast-check";
import { expect, it } from "vitest";
import { rowsOf } from "../../../src/durable-objects/task-room/store/commit";
import { utf8Bytes } from "../../../src/protocol/bytes";
import type { LogEvent } from "../../../src/protocol/events";

const ts = "2026-01-01T00:00:00.000Z";

function eventsOf(texts: string[]): LogEvent[] {
  return texts.map((message, i) => ({
    type: i % 2 ? "log" : "task:error",
    seq: i + 1,
    ts,
    data: { timestamp: ts, agentType: "a", level: "info", code: "model_timeout", message },
  })) as LogEvent[];
}

it("[L2] a commit is rows within their bound, together the commit, and an event is never divided", () => {
  const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 200 }), { maxLength: 40 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 2000 }), (all, rowBytes) => {
      const events = eventsOf(all);
      const json = events.map((event) => JSON.stringify(event));
      const rows = rowsOf(events, json, rowBytes);
      expect(rows.flatMap(({ text }) => JSON.parse(text))).toEqual(events);
      for (const { first, last, entries, text } of rows) {
        const own = events.filter(({ seq }) => seq >= first && seq <= last);
        expect(JSON.parse(text)).toEqual(own);
        expect(entries).toBe(own.filter(({ type }) => type === "log").length);
        // One that is larger by itself stands alone.
        if (own.length > 1) expect(utf8Bytes(text)).toBeLessThanOrEqual(rowBytes);
      }
    }),
  );
});
