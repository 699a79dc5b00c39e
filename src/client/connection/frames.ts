import type { Refusal } from "../../protocol/errors";

export type Reply =
  | { type: "ack"; ref: string; data: unknown }
  | { type: "error"; ref?: string; error: Refusal };

/**
 * What a frame says: replies, and events in their order. A type that this client does not know is
 * an event like any other, and nobody listens to it.
 */
export function readFrame<Event extends { type: string }>(
  text: string,
): { replies: Reply[]; events: Event[] } {
  const frame = parsed(text);
  if (!frame) return { replies: [], events: [] };
  // What the server sends has the contract's shape: to check it all again is what a bundle of
  // this size cannot do.
  if (frame.type === "ack" || frame.type === "error") {
    return { replies: [frame as unknown as Reply], events: [] };
  }
  const all: unknown[] = frame.type === "batch" && Array.isArray(frame.data) ? frame.data : [frame];
  return { replies: [], events: all.filter(isFrame) as Event[] };
}

function parsed(text: string): { type: string; data?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFrame(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFrame(value: unknown): value is { type: string } {
  return typeof value === "object" && value !== null && "type" in value;
}
