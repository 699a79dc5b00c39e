import { findMessageSeq, type MessagePage, readMessages } from "../../../history/messages";
import { fitting, jsonBytes } from "../../../protocol/bytes";
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

/**
 * One page, oldest first: from the room, and where the room has let go of older messages, from D1. It
 * has fewer than `limit` where they are over `bytes` as JSON, but one where there is any. Rejects where
 * D1 is needed and can't be reached.
 */
export async function historyPage(
  desk: Desk,
  query: HistoryQuery,
  bytes: number = LIMITS.pageBytes,
): Promise<MessagePage | Refusal> {
  const edge = await edgeOf(desk, query);
  if ("code" in edge) return edge;
  const filter = filterOf(query);
  const range = { ...edge, limit: query.limit, bytes };
  return range.afterSeq === undefined
    ? pageBefore(desk, filter, range)
    : pageAfter(desk, filter, { ...range, afterSeq: range.afterSeq });
}

type Edge = { beforeSeq?: number; afterSeq?: number };

async function edgeOf(desk: Desk, { before, after }: HistoryQuery): Promise<Edge | Refusal> {
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
  return findMessageSeq(desk.history.forReading(), taskId, messageId);
}

/** The newest that the room keeps, then older ones of D1's. */
async function pageBefore(
  desk: Desk,
  filter: MessageFilter,
  range: MessageRange,
): Promise<MessagePage> {
  const from = desk.store.retention.messagesFrom();
  // System text of before is kept for models alone.
  const kept = desk.store.messages.read(filter, { ...range, fromSeq: from });
  if (from === 0 || kept.hasMore) return kept;
  const beforeSeq = Math.min(range.beforeSeq ?? from, from);
  // One more tells whether there are older ones where the page is full already.
  const limit = Math.max(1, range.limit - kept.items.length);
  const bytes = range.bytes - bytesOf(kept.items);
  // Looked at before D1 is asked: meanwhile the rest may come.
  const isCopying = desk.room?.copying !== undefined;
  const older = await storedPage(desk, { ...filter, beforeSeq, limit, bytes });
  const all = [...older.items, ...kept.items];
  if (isCopying && all.length === 0) throw new Error("What is older is still being copied.");
  const count = fittingMessages(all.toReversed(), range);
  const hasMore = older.hasMore || isCopying || count < all.length;
  return { items: all.slice(all.length - count), hasMore };
}

/** What D1 alone has, then what the room keeps. */
async function pageAfter(
  desk: Desk,
  filter: MessageFilter,
  range: MessageRange & { afterSeq: number },
): Promise<MessagePage> {
  const from = desk.store.retention.messagesFrom();
  const { afterSeq } = range;
  // Looked at before D1 is asked: meanwhile the room may let go of more.
  const kept = desk.store.messages.read(filter, {
    ...range,
    afterSeq: Math.max(afterSeq, from - 1),
  });
  if (afterSeq >= from - 1) return kept;
  const older = await storedPage(desk, { ...filter, ...range, beforeSeq: from });
  const all = older.hasMore ? older.items : [...older.items, ...kept.items];
  const count = fittingMessages(all, range);
  const hasMore = older.hasMore || kept.hasMore || count < all.length;
  return { items: all.slice(0, count), hasMore };
}

function storedPage(desk: Desk, range: MessageFilter & MessageRange): Promise<MessagePage> {
  return readMessages(desk.history.forReading(), desk.room?.state.task.id ?? "", range);
}

/** How many of the first messages make a page. */
function fittingMessages(messages: Message[], { limit, bytes }: MessageRange): number {
  return fitting(messages.slice(0, limit).map(jsonBytes), bytes);
}

function bytesOf(messages: Message[]): number {
  return messages.reduce((sum, message) => sum + jsonBytes(message), 0);
}

/** As many of the newest as fit into `bytes`, at most a page, as every snapshot contains them. */
export function newestMessages(desk: Desk, bytes: number): Message[] {
  const { items } = desk.store.messages.read({}, { limit: LIMITS.defaultPageItems, bytes });
  const [only] = items;
  // A page has one at least, but a snapshot has no room for it.
  return items.length === 1 && jsonBytes(only) > bytes ? [] : items;
}

function filterOf({ threadId, role }: HistoryQuery): MessageFilter {
  return { ...(threadId !== undefined && { threadId }), ...(role && { roles: role }) };
}
