import { expect, it } from "vitest";
import { decodeFrame } from "../../../../scripts/chat/frames";
import { asked, chunk, ready, room, script } from "./room-events";

const events = script([asked, chunk(0, "Hi")]);

it("reads an event, logged or momentary", () => {
  for (const event of events) {
    expect(decodeFrame(JSON.stringify(event))).toEqual([{ kind: "event", event }]);
  }
});

it("unpacks a batch in its order", () => {
  const frame = JSON.stringify({ type: "batch", data: events });
  expect(decodeFrame(frame)).toEqual(events.map((event) => ({ kind: "event", event })));
});

it("reads replies", () => {
  const refusal = { code: "rate_limited", message: "Slow down", retryAfterMs: 100 };
  expect(decodeFrame('{"type":"ack","ref":"1","data":{"a":1}}')).toEqual([
    { kind: "ack", ref: "1", data: { a: 1 } },
  ]);
  expect(decodeFrame(JSON.stringify({ type: "error", ref: "1", error: refusal }))).toEqual([
    { kind: "refused", ref: "1", refusal },
  ]);
  expect(decodeFrame("pong")).toEqual([{ kind: "pong" }]);
});

it.each([
  "",
  "null",
  "not JSON",
  '{"type":"a:new:type","ts":"2026-01-01T00:00:00.000Z","data":{}}',
  '{"type":"chat:chunk","ts":"2026-01-01T00:00:00.000Z","data":{"offset":-1}}',
  JSON.stringify(script([ready({ ...room(0), messages: [] })])[0]).replace("sess_1", "1"),
])("takes nothing from %s", (frame) => {
  expect(decodeFrame(frame)).toEqual([]);
});
