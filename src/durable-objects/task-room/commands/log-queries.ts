import { BAD_CURSOR, decodeCursor, encodeCursor } from "../../../protocol/cursor";
import { accepted, type Outcome, refused } from "../../../protocol/errors";
import type { LogEvent } from "../../../protocol/events";
import type { Principal } from "../../../protocol/identity";
import type { ListEvents } from "../../../protocol/rest/list-events";
import type { ListLogs, LoggedEntry } from "../../../protocol/rest/list-logs";
import type { Page } from "../../../protocol/rest/page";
import type { Desk } from "../desk";
import { forRole } from "../live/fan-out";
import { entryCursor, eventCursor } from "../store/cursor";
import { permit } from "./permit";

/** A page of the task's log, oldest first, from as far back as the room keeps. */
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
  const found = first(desk.store.log.after(from.after), wanted, limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const { role } = permitted.value;
  return accepted({
    items: items.map((event) => forRole(event, role)),
    nextCursor: found.length > limit && last ? encodeCursor({ after: last.seq }) : null,
  });
}

/** Log entries, newest first. */
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
  const found = first(entriesOf(desk.store.log.before(from?.beforeSeq)), wanted, limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last;
  return accepted({ items, nextCursor: more ? encodeCursor({ beforeSeq: last.seq }) : null });
}

function* entriesOf(pages: Iterable<LogEvent[]>): Generator<LoggedEntry[]> {
  for (const events of pages) {
    yield events.flatMap((event) =>
      event.type === "log" ? [{ seq: event.seq, ...event.data }] : [],
    );
  }
}

function first<T>(pages: Iterable<T[]>, wanted: (item: T) => boolean, limit: number): T[] {
  const found: T[] = [];
  for (const page of pages) {
    found.push(...page.filter(wanted).slice(0, limit - found.length));
    if (found.length >= limit) break;
  }
  return found;
}
