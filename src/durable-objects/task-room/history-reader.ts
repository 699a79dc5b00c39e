import { type Room, waitingTurns } from "../../engine/room";
import { type Refusal, refuse } from "../../protocol/errors";
import { LIMITS } from "../../protocol/limits";
import type { Message, MessageRole } from "../../protocol/message";
import type { Turn } from "../../protocol/turn";
import type { Desk } from "./desk";
import type { MessageFilter } from "./message-table";

export type HistoryQuery = {
  threadId?: string | undefined;
  role?: MessageRole[] | undefined;
  before?: string | undefined;
  after?: string | undefined;
  limit: number;
};

/** A page and whether there are more in its direction: newer ones with `after`, else older ones. */
export type HistoryPart = { items: Message[]; hasMore: boolean };

/** At most this many older messages are read for a model's context; its window cuts further. */
const CONTEXT_MESSAGES = 500;

/** One page of what the room holds, oldest first. */
export function historyPage(desk: Desk, query: HistoryQuery): HistoryPart | Refusal {
  const { before, after, limit } = query;
  const anchor = before ?? after;
  const seq = anchor === undefined ? undefined : desk.store.messages.seqOf(anchor);
  if (anchor !== undefined && seq === undefined) {
    return refuse("invalid_request", "There is no such message.", {
      issues: [{ path: before ? "before" : "after", message: "not a message of this task" }],
    });
  }
  const edge = seq === undefined ? {} : before ? { beforeSeq: seq } : { afterSeq: seq };
  // One more than asked tells whether there are further ones.
  const found = desk.store.messages.read(filterOf(query), { ...edge, limit: limit + 1 });
  const hasMore = found.length > limit;
  if (!hasMore) return { items: found, hasMore };
  return { items: after === undefined ? found.slice(1) : found.slice(0, limit), hasMore };
}

/** The newest page, as every snapshot contains it. */
export function newestMessages(desk: Desk): Message[] {
  return desk.store.messages.read({}, { limit: LIMITS.defaultPageItems });
}

/** What was said in a turn's thread besides the turn itself and those that still wait. */
export async function threadBefore(desk: Desk, turnId: string): Promise<Message[]> {
  const turn = desk.room && findTurn(desk.room, turnId);
  if (!desk.room || !turn) return [];
  const left = new Set([turnId, ...waitingTurns(desk.room).map(({ id }) => id)]);
  return desk.store.messages
    .read({ threadId: turn.threadId }, { limit: CONTEXT_MESSAGES })
    .filter((message) => !left.has(message.turnId));
}

function findTurn(room: Room, turnId: string): Turn | undefined {
  return room.state.openTurns.find(({ id }) => id === turnId);
}

function filterOf({ threadId, role }: HistoryQuery): MessageFilter {
  return { ...(threadId !== undefined && { threadId }), ...(role && { roles: role }) };
}
