import { findMessageSeq, readMessages } from "../../../history/messages";
import { type Refusal, refuse } from "../../../protocol/errors";
import { LIMITS } from "../../../protocol/limits";
import type { Message, MessageRole } from "../../../protocol/message";
import type { Desk } from "../desk";
import type { MessageFilter, MessageRange } from "../store/message-table";

export type HistoryQuery = {
  threadId?: string | undefined;
  role?: MessageRole[] | undefined;
  before?: string | undefined;
  after?: string | undefined;
  limit: number;
};

/** A page and whether there are more in its direction: newer ones with `after`, else older ones. */
export type HistoryPart = { items: Message[]; hasMore: boolean };

/**
 * One page, oldest first: from the room, and where the room has let go of older messages, from D1.
 * Rejects where D1 is needed and can't be reached.
 */
export async function historyPage(desk: Desk, query: HistoryQuery): Promise<HistoryPart | Refusal> {
  const range = await rangeOf(desk, query);
  if ("code" in range) return range;
  const filter = filterOf(query);
  // One more than asked tells whether there are further ones.
  const limit = query.limit + 1;
  const kept = keptPage(desk, filter, { ...range, limit });
  const found = kept ?? (await storedPage(desk, filter, { ...range, limit }));
  const hasMore = found.length > query.limit;
  if (!hasMore) return { items: found, hasMore };
  const newest = query.after === undefined;
  return { items: newest ? found.slice(1) : found.slice(0, query.limit), hasMore };
}

type Edge = { beforeSeq?: number; afterSeq?: number };

async function rangeOf(desk: Desk, { before, after }: HistoryQuery): Promise<Edge | Refusal> {
  const anchor = before ?? after;
  if (anchor === undefined) return {};
  const seq = desk.store.messages.seqOf(anchor) ?? (await olderSeqOf(desk, anchor));
  if (seq !== undefined) return before === undefined ? { afterSeq: seq } : { beforeSeq: seq };
  return refuse("invalid_request", "There is no such message.", {
    issues: [{ path: before ? "before" : "after", message: "not a message of this task" }],
  });
}

async function olderSeqOf(desk: Desk, messageId: string): Promise<number | undefined> {
  const taskId = desk.room?.state.task.id;
  if (taskId === undefined || desk.store.retention.messagesFrom() === 0) return undefined;
  return findMessageSeq(desk.doors.db, taskId, messageId);
}

/** A page that the room can answer alone; nothing where older messages may belong to it. */
function keptPage(desk: Desk, filter: MessageFilter, range: MessageRange): Message[] | undefined {
  const from = desk.store.retention.messagesFrom();
  const found = desk.store.messages.read(filter, range);
  if (from === 0) return found;
  if (range.afterSeq !== undefined) return range.afterSeq >= from - 1 ? found : undefined;
  return found.length === range.limit ? found : undefined;
}

/** Older messages from D1 joined with those that the room keeps. */
async function storedPage(
  desk: Desk,
  filter: MessageFilter,
  range: MessageRange,
): Promise<Message[]> {
  const taskId = desk.room?.state.task.id ?? "";
  const from = desk.store.retention.messagesFrom();
  const newest = range.afterSeq === undefined;
  const edge = newest ? { beforeSeq: Math.min(range.beforeSeq ?? from, from) } : range;
  const stored = await readMessages(desk.doors.db, taskId, {
    ...filter,
    ...edge,
    limit: range.limit,
  });
  const kept = desk.store.messages.read(filter, range);
  const all = [...stored.filter(({ seq }) => seq < from), ...kept];
  return newest ? all.slice(-range.limit) : all.slice(0, range.limit);
}

/** The newest page, as every snapshot contains it. */
export function newestMessages(desk: Desk): Message[] {
  return desk.store.messages.read({}, { limit: LIMITS.defaultPageItems });
}

function filterOf({ threadId, role }: HistoryQuery): MessageFilter {
  return { ...(threadId !== undefined && { threadId }), ...(role && { roles: role }) };
}
