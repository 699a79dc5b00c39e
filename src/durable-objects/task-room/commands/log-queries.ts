import { jsonBytes } from "../../../protocol/bytes";
import { BAD_CURSOR, decodeCursor, encodeCursor } from "../../../protocol/cursor";
import { accepted, type Outcome, refused } from "../../../protocol/errors";
import type { LogEvent } from "../../../protocol/events";
import type { Principal } from "../../../protocol/identity";
import { LIMITS } from "../../../protocol/limits";
import type { ListEvents } from "../../../protocol/rest/list-events";
import type { ListLogs, LoggedEntry } from "../../../protocol/rest/list-logs";
import type { Page } from "../../../protocol/rest/page";
import type { Desk } from "../desk";
import { forRole } from "../live/fan-out";
import { entryCursor, eventCursor } from "../store/cursor";
import { LOG_PAGE_BYTES } from "../store/event-log";
import { permit } from "./permit";

/**
 * A page of the task's log, oldest first, from as far back as the room keeps. Where few events are of
 * the types that are asked for it may be short or empty, and its cursor goes on.
 */
export function readEvents(
  desk: Desk,
  principal: Principal,
  { after, cursor, limit, type }: ListEvents,
): Outcome<Page<LogEvent>> {
  const permitted = permit(desk, principal, "watch");
  if (!permitted.ok) return permitted;
  const from = cursor === undefined ? { after: after ?? 0 } : decodeCursor(eventCursor, cursor);
  if (!from) return refused(BAD_CURSOR);
  const wanted = (event: LogEvent) => !type || type.includes(event.type);
  const { items, lastSeq } = take(desk.store.log.after(from.after), wanted, limit);
  const { role } = permitted.value;
  return accepted({
    items: items.map((event) => forRole(event, role)),
    nextCursor: lastSeq === undefined ? null : encodeCursor({ after: lastSeq }),
  });
}

/** Log entries, newest first; with filters a page may be short or empty, and its cursor goes on. */
export function readLogs(
  desk: Desk,
  principal: Principal,
  { cursor, limit, level, agentType }: ListLogs,
): Outcome<Page<LoggedEntry>> {
  const permitted = permit(desk, principal, "watch");
  if (!permitted.ok) return permitted;
  const from = cursor === undefined ? undefined : decodeCursor(entryCursor, cursor);
  if (cursor !== undefined && !from) return refused(BAD_CURSOR);
  const wanted = (entry: LoggedEntry) =>
    (!level || level.includes(entry.level)) && (!agentType || agentType.includes(entry.agentType));
  const pages = entriesOf(desk.store.log.before(from?.beforeSeq));
  const { items, lastSeq } = take(pages, wanted, limit);
  const nextCursor = lastSeq === undefined ? null : encodeCursor({ beforeSeq: lastSeq });
  return accepted({ items, nextCursor });
}

function* entriesOf(pages: Iterable<LogEvent[]>): Generator<LoggedEntry[]> {
  for (const events of pages) {
    yield events.flatMap((event) =>
      event.type === "log" ? [{ seq: event.seq, ...event.data }] : [],
    );
  }
}

/** Bytes of a page beside its items and the commas between them: its cursor and its names. */
const PAGE_AROUND_BYTES = 256;

/** Pages of the log, each about a megabyte, that one request looks through. */
const LOOKED_THROUGH = LIMITS.pageBytes / LOG_PAGE_BYTES;

/**
 * The first `limit` wanted items that fit a page, within the bytes that one request may look through;
 * `lastSeq` is of the last that was looked at, where there are more.
 */
function take<T extends { seq: number }>(
  pages: Iterable<T[]>,
  isWanted: (item: T) => boolean,
  limit: number,
): { items: T[]; lastSeq: number | undefined } {
  const items: T[] = [];
  let lastSeq: number | undefined;
  let looked = 0;
  let bytes = PAGE_AROUND_BYTES;
  for (const page of pages) {
    for (const item of page) {
      const wanted = isWanted(item);
      if (wanted) bytes += jsonBytes(item) + 1;
      const isFull = items.length === limit || (items.length > 0 && bytes > LIMITS.pageBytes);
      if (wanted && isFull) return { items, lastSeq };
      if (wanted) items.push(item);
      lastSeq = item.seq;
    }
    if (++looked >= LOOKED_THROUGH) return { items, lastSeq };
  }
  return { items, lastSeq: undefined };
}
