import type { Room } from "../../../engine/turn/room";
import { fitting, utf8Bytes } from "../../../protocol/bytes";
import type { LogEvent } from "../../../protocol/events";
import { LIMITS } from "../../../protocol/limits";

/**
 * Events that were decided together, and the JSON of each: written once, for the log's rows and for
 * every socket. `room` is the room after them.
 */
export type Commit = { events: LogEvent[]; texts: string[]; room: Room };

/** What one row of the log holds of a commit. */
export type LogRow = { first: number; last: number; entries: number; text: string };

/** The brackets around a row's events; a comma before each is counted with the event. */
const BRACKETS_BYTES = 2;

/** A commit as rows of at most `rowBytes` each; an event is never divided. */
export function rowsOf(
  events: readonly LogEvent[],
  texts: readonly string[],
  rowBytes: number = LIMITS.rowBytes,
): LogRow[] {
  const sizes = texts.map((text) => utf8Bytes(text) + 1);
  const rows: LogRow[] = [];
  for (let from = 0; from < texts.length; ) {
    const until = from + fitting(sizes.slice(from), rowBytes - BRACKETS_BYTES);
    rows.push(rowOf(events.slice(from, until), texts.slice(from, until)));
    from = until;
  }
  return rows;
}

function rowOf(events: readonly LogEvent[], texts: readonly string[]): LogRow {
  return {
    first: events[0]?.seq ?? 0,
    last: events.at(-1)?.seq ?? 0,
    entries: events.filter(({ type }) => type === "log").length,
    text: `[${texts.join(",")}]`,
  };
}
