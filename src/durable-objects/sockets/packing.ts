import { bytesOf, isOver } from "./utf8-size";

/** Bytes of UTF-8 that one frame to a client may have (contract section 12, Sizes). */
export const SENT_FRAME_BYTES = 1024 * 1024;

const OPENING = '{"type":"batch","data":[';
const CLOSING = "]}";
const FRAME_BYTES = OPENING.length + CLOSING.length;

/**
 * The frames that carry these events: one event as it is, several as a `batch` (contract section 4),
 * and as several batches where one would be too big. An event is never cut: that none is too big
 * itself is seen to where it is made.
 */
export function packed(events: readonly { type: string }[]): string[] {
  return packedTexts(events.map((event) => JSON.stringify(event)));
}

/** The same of events that are JSON already, each. */
export function packedTexts(texts: readonly string[]): string[] {
  if (texts.length <= 1) return [...texts];
  const whole = `${OPENING}${texts.join(",")}${CLOSING}`;
  return isOver(whole, SENT_FRAME_BYTES) ? grouped(texts) : [whole];
}

/** The same of events in one text, separated by commas; `isOne`: of a single one. */
export function packedText(text: string, isOne: boolean): string[] {
  if (isOne) return [text];
  const whole = `${OPENING}${text}${CLOSING}`;
  if (!isOver(whole, SENT_FRAME_BYTES)) return [whole];
  const events: unknown[] = JSON.parse(`[${text}]`);
  return grouped(events.map((event) => JSON.stringify(event)));
}

function grouped(texts: readonly string[]): string[] {
  const groups: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const bytes = bytesOf(text) + 1;
    if (bytes > room) {
      groups.push([]);
      room = SENT_FRAME_BYTES - FRAME_BYTES + 1;
    }
    groups.at(-1)?.push(text);
    room -= bytes;
  }
  return groups.map((group) =>
    group.length === 1 ? group.join() : `${OPENING}${group.join(",")}${CLOSING}`,
  );
}
