import * as z from "zod";
import { type Refusal, refusal } from "../../src/protocol/errors";
import {
  logEvent,
  MOMENTARY_EVENTS,
  type MomentaryEvent,
  type MomentaryEventType,
  type RoomEvent,
} from "../../src/protocol/events";
import { timestamp } from "../../src/protocol/time";

export type Incoming =
  | { kind: "event"; event: RoomEvent }
  | { kind: "ack"; ref: string; data: unknown }
  | { kind: "refused"; ref: string | undefined; refusal: Refusal }
  | { kind: "pong" };

const ack = z.object({ type: z.literal("ack"), ref: z.string(), data: z.unknown() });
const refused = z.object({
  type: z.literal("error"),
  ref: z.string().optional(),
  error: refusal,
});
const batch = z.object({ type: z.literal("batch"), data: z.array(z.unknown()) });
const momentaryType = z.enum(Object.keys(MOMENTARY_EVENTS) as [MomentaryEventType]);
const momentary = z.object({ type: momentaryType, ts: timestamp, data: z.unknown() });

/** What a frame of the room says; a type that this client does not know says nothing to it. */
export function decodeFrame(text: string): Incoming[] {
  if (text === "pong") return [{ kind: "pong" }];
  try {
    return decodeValue(JSON.parse(text));
  } catch {
    return [];
  }
}

function decodeValue(value: unknown): Incoming[] {
  const many = batch.safeParse(value);
  if (many.success) return many.data.data.flatMap(decodeValue);
  const reply = ack.safeParse(value);
  if (reply.success) return [{ kind: "ack", ref: reply.data.ref, data: reply.data.data }];
  const error = refused.safeParse(value);
  if (error.success) {
    return [{ kind: "refused", ref: error.data.ref, refusal: error.data.error }];
  }
  const event = decodeEvent(value);
  return event ? [{ kind: "event", event }] : [];
}

function decodeEvent(value: unknown): RoomEvent | undefined {
  const logged = logEvent.safeParse(value);
  if (logged.success) return logged.data;
  const known = momentary.safeParse(value);
  if (!known.success) return undefined;
  const { type, ts, data } = known.data;
  const parsed = MOMENTARY_EVENTS[type].safeParse(data);
  // The table pairs every type with its data; the compiler cannot follow it through the index.
  return parsed.success ? ({ type, ts, data: parsed.data } as MomentaryEvent) : undefined;
}
