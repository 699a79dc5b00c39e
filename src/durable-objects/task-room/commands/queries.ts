import { shownTurn } from "../../../engine/step/cut-result";
import { usesOf } from "../../../engine/step/tool-uses";
import { shownTask } from "../../../engine/task/shown-task";
import type { MessagePage } from "../../../history/messages";
import { describeError, logError } from "../../../platform/platform-log";
import { jsonBytes } from "../../../protocol/bytes";
import { BAD_CURSOR, decodeCursor, encodeCursor } from "../../../protocol/cursor";
import { accepted, type Outcome, type Refusal, refuse, refused } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import { LIMITS } from "../../../protocol/limits";
import type { Message } from "../../../protocol/message";
import type { ListMessages } from "../../../protocol/rest/list-messages";
import type { ListTurns } from "../../../protocol/rest/list-turns";
import type { Page } from "../../../protocol/rest/page";
import type { Task } from "../../../protocol/task";
import { usesIn } from "../../../protocol/tools/tool-use";
import type { Turn } from "../../../protocol/turn";
import type { SentAs } from "../api";
import type { Desk } from "../desk";
import { clientKey } from "../store/client-keys";
import { messageCursor, turnCursor } from "../store/cursor";
import { type HistoryQuery, historyPage } from "../turns/history-reader";
import { permit } from "./permit";

export function readTask(desk: Desk, principal: Principal): Outcome<Task> {
  const permitted = permit(desk, principal, "watch");
  if (!permitted.ok) return permitted;
  return accepted(shownTask(permitted.value.room, principal.userId));
}

/** Refuses with `unavailable` where the page lies in D1 alone and D1 can't be reached. */
export async function readMessages(
  desk: Desk,
  principal: Principal,
  { cursor, ...query }: ListMessages,
): Promise<Outcome<Page<Message>>> {
  const permitted = permit(desk, principal, "watch");
  if (!permitted.ok) return permitted;
  const from = cursor === undefined ? {} : decodeCursor(messageCursor, cursor);
  if (!from) return refused(BAD_CURSOR);
  const asked = { ...query, ...from };
  const page = await reachablePage(desk, asked);
  if ("code" in page) return refused(page);
  const { items, hasMore } = page;
  const edge = asked.after === undefined ? items[0]?.id : items.at(-1)?.id;
  if (!hasMore || edge === undefined) return accepted({ items, nextCursor: null });
  const next = asked.after === undefined ? { before: edge } : { after: edge };
  return accepted({ items, nextCursor: encodeCursor(next) });
}

/** A page of history of at most so many bytes, or why there is none. */
export async function reachablePage(
  desk: Desk,
  query: HistoryQuery,
  bytes?: number,
): Promise<MessagePage | Refusal> {
  try {
    return await historyPage(desk, query, bytes);
  } catch (error) {
    logError("history_unreachable", { taskId: desk.taskId, causes: describeError(error) });
    return refuse("unavailable", "Older messages can't be reached right now.");
  }
}

export function readTurns(
  desk: Desk,
  principal: Principal,
  { status, limit, cursor }: ListTurns,
): Outcome<Page<Turn>> {
  const permitted = permit(desk, principal, "watch");
  if (!permitted.ok) return permitted;
  const from = cursor === undefined ? undefined : decodeCursor(turnCursor, cursor);
  if (cursor !== undefined && !from) return refused(BAD_CURSOR);
  const before = from ? { beforeId: from.before } : {};
  const ids = desk.store.turns.ids({ status, ...before, limit: limit + 1 });
  const items = turnsWithin(desk, ids.slice(0, limit));
  const last = items.at(-1);
  const more = ids.length > items.length && last;
  return accepted({ items, nextCursor: more ? encodeCursor({ before: last.id }) : null });
}

/** The first of these turns that make a page in bytes, as events show them. */
function turnsWithin(desk: Desk, ids: string[]): Turn[] {
  const found: Turn[] = [];
  let bytes = 0;
  for (const id of ids) {
    const stored = desk.store.turns.get(id)?.turn;
    const turn = stored && shownTurn(current(desk, stored));
    if (!turn) continue;
    bytes += jsonBytes(turn);
    if (found.length > 0 && bytes > LIMITS.pageBytes) break;
    found.push(turn);
  }
  return found;
}

export function readTurn(desk: Desk, principal: Principal, turnId: string): Outcome<Turn> {
  const permitted = permit(desk, principal, "watch");
  if (!permitted.ok) return permitted;
  const turn = desk.store.turns.whole(turnId);
  if (!turn) return refused(refuse("not_found", "There is no such turn."));
  return accepted(withUses(desk, current(desk, turn)));
}

export function readSentAs(
  desk: Desk,
  principal: Principal,
  clientMessageId: string,
): Outcome<SentAs | null> {
  const permitted = permit(desk, principal, "watch");
  if (!permitted.ok) return permitted;
  const { key } = clientKey("message", principal.userId, clientMessageId, {});
  return accepted(desk.store.clientKeys.answer(key) ?? null);
}

/** With the uses of its tools, whole as far as there is room for them beside the results. */
function withUses({ room, store }: Desk, turn: Turn): Turn {
  let left = LIMITS.wholeTurnBytes - jsonBytes(turn);
  const steps = turn.steps.map((step) => {
    const { messageId } = step;
    if (messageId === undefined) return step;
    const stream = room?.state.streams.find((one) => one.messageId === messageId);
    const message = stream ? undefined : store.messages.get(messageId);
    const shown = stream ? (usesOf(stream).tools ?? []) : usesIn(message?.metadata);
    const tools = store.toolValues.wholeUses({ turnId: turn.id, step: step.step }, shown, left);
    if (tools.length === 0) return step;
    left -= jsonBytes(tools);
    return { ...step, tools };
  });
  return { ...turn, steps };
}

/** An open turn as it is now: a step's momentary progress is in the state before it is in a row. */
function current(desk: Desk, stored: Turn): Turn {
  const open = desk.room?.state.openTurns.find(({ id }) => id === stored.id);
  if (!open) return stored;
  const results = new Map(stored.steps.map(({ step, result }) => [step, result]));
  const steps = open.steps.map((step) => {
    const result = step.result && results.get(step.step);
    return result ? { ...step, result } : step;
  });
  return { ...open, steps };
}
