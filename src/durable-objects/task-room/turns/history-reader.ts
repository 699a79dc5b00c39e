import { findMessageSeq, type MessagePage, readMessages } from "../../../history/messages";
import { fitting, jsonBytes } from "../../../protocol/bytes";
import { type Refusal, refuse } from "../../../protocol/errors";
import { LIMITS } from "../../../protocol/limits";
import type { Message, MessageRole } from "../../../protocol/message";
import type { MessageFilter, MessageRange } from "../store/message-table";
import { type Gone, goneAfter, type HistorySource } from "./superseding";

export type HistoryQuery = {
  threadId?: string | undefined;
  role?: MessageRole[] | undefined;
  before?: string | undefined;
  after?: string | undefined;
  /** Whether those are among them that were superseded. */
  superseded?: boolean | undefined;
  limit: number;
};

/**
 * One page, oldest first: from the room, and where the room has let go of older messages, from D1. It
 * has fewer than `limit` where they are over `bytes` as JSON, but one where there is any. Rejects where
 * D1 is needed and can't be reached.
 */
export async function historyPage(
  source: HistorySource,
  query: HistoryQuery,
  bytes: number = LIMITS.pageBytes,
): Promise<MessagePage | Refusal> {
  const edge = await edgeOf(source, query);
  if ("code" in edge) return edge;
  const filter = filterOf(query);
  const range = { ...edge, limit: query.limit, bytes };
  const head = source.room?.state.task.headSeq ?? 0;
  const page = await (range.afterSeq === undefined
    ? pageBefore(source, filter, range)
    : pageAfter(source, filter, { ...range, afterSeq: range.afterSeq }));
  const now = asOfNow(source, filter, page, head);
  // A page has one at least where there is any.
  const isVoid = now.items.length === 0 && page.items.length > 0;
  return isVoid ? historyPage(source, query, bytes) : now;
}

/** What was superseded while the database was waited for is told as such, or left out, as is what was begun anew. */
function asOfNow(
  source: HistorySource,
  { superseded }: MessageFilter,
  { items, hasMore }: MessagePage,
  since: number,
): MessagePage {
  if (source.room?.state.task.headSeq === since) return { items, hasMore };
  const known = asLeft(items, goneAfter(source, since));
  return { items: known.filter((one) => superseded || !one.supersededBy), hasMore };
}

function asLeft(items: readonly Message[], { superseded, begunAnew }: Gone): Message[] {
  return items
    .filter(({ id }) => !begunAnew.has(id))
    .map((message) => {
      const by = message.supersededBy ?? superseded.get(message.id);
      return by === undefined ? message : { ...message, supersededBy: by };
    });
}

type Edge = { beforeSeq?: number; afterSeq?: number };

async function edgeOf(
  source: HistorySource,
  { before, after }: HistoryQuery,
): Promise<Edge | Refusal> {
  const anchor = before ?? after;
  if (anchor === undefined) return {};
  const seq = source.store.messages.seqOf(anchor) ?? (await olderSeqOf(source, anchor));
  if (seq !== undefined) return before === undefined ? { afterSeq: seq } : { beforeSeq: seq };
  return refuse("invalid_request", "There is no such message.", {
    issues: [{ path: before ? "before" : "after", message: "not a message of this task" }],
  });
}

async function olderSeqOf(source: HistorySource, messageId: string): Promise<number | undefined> {
  const taskId = source.room?.state.task.id;
  const from = source.store.retention.messagesFrom({ superseded: true });
  if (taskId === undefined || from === 0) return undefined;
  return findMessageSeq(source.history.forReading(), taskId, messageId);
}

/** The newest that the room keeps, then older ones of D1's. */
async function pageBefore(
  source: HistorySource,
  filter: MessageFilter,
  range: MessageRange,
): Promise<MessagePage> {
  const from = source.store.retention.messagesFrom(filter);
  // System text of before is kept for models alone.
  const kept = source.store.messages.read(filter, { ...range, fromSeq: from });
  if (from === 0 || kept.hasMore) return kept;
  const beforeSeq = Math.min(range.beforeSeq ?? from, from);
  // One more tells whether there are older ones where the page is full already.
  const limit = Math.max(1, range.limit - kept.items.length);
  const bytes = range.bytes - bytesOf(kept.items);
  // Looked at before D1 is asked: meanwhile the rest may come.
  const isCopying = source.room?.copying !== undefined;
  const older = await storedPage(source, { ...filter, beforeSeq, limit, bytes });
  const all = [...older.items, ...kept.items];
  if (isCopying && all.length === 0) throw new Error("What is older is still being copied.");
  const count = fittingMessages(all.toReversed(), range);
  const hasMore = older.hasMore || isCopying || count < all.length;
  return { items: all.slice(all.length - count), hasMore };
}

/** What D1 alone has, then what the room keeps. */
async function pageAfter(
  source: HistorySource,
  filter: MessageFilter,
  range: MessageRange & { afterSeq: number },
): Promise<MessagePage> {
  const from = source.store.retention.messagesFrom(filter);
  const { afterSeq } = range;
  // Looked at before D1 is asked: meanwhile the room may let go of more.
  const kept = source.store.messages.read(filter, {
    ...range,
    afterSeq: Math.max(afterSeq, from - 1),
  });
  if (afterSeq >= from - 1) return kept;
  const older = await storedPage(source, { ...filter, ...range, beforeSeq: from });
  const all = older.hasMore ? older.items : [...older.items, ...kept.items];
  const count = fittingMessages(all, range);
  const hasMore = older.hasMore || kept.hasMore || count < all.length;
  return { items: all.slice(0, count), hasMore };
}

/** Of the database's, with what it has not been told yet of messages that were superseded, or begun anew. */
export async function storedPage(
  source: HistorySource,
  range: MessageFilter & MessageRange,
): Promise<MessagePage> {
  const untold = goneAfter(source, source.feeds.d1.position);
  const superseded = range.superseded ? [] : untold.superseded.keys();
  const without = [...superseded, ...untold.begunAnew];
  const taskId = source.room?.state.task.id ?? "";
  const page = await readMessages(source.history.forReading(), taskId, { ...range, without });
  return { ...page, items: asLeft(page.items, untold) };
}

/** How many of the first messages make a page. */
function fittingMessages(messages: Message[], { limit, bytes }: MessageRange): number {
  return fitting(messages.slice(0, limit).map(jsonBytes), bytes);
}

function bytesOf(messages: Message[]): number {
  return messages.reduce((sum, message) => sum + jsonBytes(message), 0);
}

/**
 * As many of the newest as fit into `bytes`, at most a page, as every snapshot contains them. More there may be
 * also where the room itself has let go of them, or has not got them yet.
 */
export function newestMessages(source: HistorySource, bytes: number): MessagePage {
  const { store, room } = source;
  const { items, hasMore } = store.messages.read({}, { limit: LIMITS.defaultPageItems, bytes });
  const [only] = items;
  // A page has one at least, but a snapshot has no room for it.
  if (items.length === 1 && jsonBytes(only) > bytes) return { items: [], hasMore: true };
  const mayBeElsewhere = store.retention.messagesFrom() > 0 || room?.copying !== undefined;
  return { items, hasMore: hasMore || mayBeElsewhere };
}

function filterOf({ threadId, role, superseded = false }: HistoryQuery): MessageFilter {
  return {
    ...(threadId !== undefined && { threadId }),
    ...(role && { roles: role }),
    superseded,
  };
}
