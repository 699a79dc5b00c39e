import { findMessageSeq, type MessagePage } from "../../../history/messages";
import { describeError, logError } from "../../../platform/platform-log";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import { LIMITS } from "../../../protocol/limits";
import type { CarriedPage, CarryQuery } from "../api";
import { permit } from "../commands/permit";
import type { Desk } from "../desk";
import { questionOf } from "../turns/background";
import { storedPage } from "../turns/history-reader";
import { inPlace } from "../turns/in-place";
import { goneAfter } from "../turns/superseding";
import { filesOf } from "./copies";

const NOT_THERE = refuse("invalid_request", "There is no such message.", {
  issues: [{ path: "atMessageId", message: "not a message of this task's history" }],
});
const UNREACHABLE = refuse("unavailable", "Older messages can't be reached right now.");

/** Bytes of the system text that goes along: what a history may be given, each byte six of JSON. */
const WORDS_BYTES = 6 * LIMITS.givenHistoryBytes;

/** A page of what a member may carry into a task of their own. D1 is asked only past what the room keeps. */
export async function carry(
  desk: Desk,
  principal: Principal,
  query: CarryQuery,
): Promise<Outcome<CarriedPage>> {
  const permitted = permit(desk, principal, "watch");
  if (!permitted.ok) return permitted;
  try {
    return await pageFor(desk, query);
  } catch (error) {
    logError("history_unreachable", { taskId: desk.taskId, causes: describeError(error) });
    return refused(UNREACHABLE);
  }
}

async function pageFor(desk: Desk, query: CarryQuery): Promise<Outcome<CarriedPage>> {
  const { upTo, limit, bytes } = query;
  const last = upTo === undefined ? undefined : await seqOf(desk, upTo);
  if (upTo !== undefined && last === undefined) return refused(NOT_THERE);
  const beforeSeq = last === undefined ? query.beforeSeq : last + 1;
  const page = await pageBefore(desk, { beforeSeq, limit, bytes });
  const messages = page.items.filter(({ supersededBy }) => supersededBy === undefined);
  if (upTo !== undefined && messages.at(-1)?.id !== upTo) return refused(NOT_THERE);
  const { room } = desk;
  if (!room) return refused(refuse("not_found", "There is no such task."));
  const { title, teamRef } = room.state.task;
  const words = wordsBefore(desk, page.items[0]?.seq);
  // Where no turn says any more what an answer answers anew, it stands where it is told.
  const told = inPlace(messages, questionOf(desk.store));
  const files = desk.store.files.among(filesOf(told));
  return accepted({ title, teamRef, messages: told, files, before: page.before, words });
}

type Range = { beforeSeq: number | undefined; limit: number; bytes: number };
type Page = Pick<MessagePage, "items"> & Pick<CarriedPage, "before">;

/** The newest before a `seq`: of those that the room keeps, or of those that the database alone has. */
async function pageBefore(desk: Desk, { beforeSeq, limit, bytes }: Range): Promise<Page> {
  const from = desk.store.retention.messagesFrom();
  const isKept = beforeSeq === undefined || beforeSeq > from;
  const kept = isKept
    ? desk.store.messages.read({}, { fromSeq: from, beforeSeq, limit, bytes })
    : { items: [], hasMore: false };
  if (kept.hasMore) return { items: kept.items, before: kept.items[0]?.seq ?? from };
  if (from === 0) return { items: kept.items, before: null };
  if (kept.items.length > 0) return { items: kept.items, before: from };
  return storedBefore(desk, { beforeSeq: Math.min(beforeSeq ?? from, from), limit, bytes });
}

async function storedBefore(desk: Desk, range: Range & { beforeSeq: number }): Promise<Page> {
  const { copying, state } = desk.room ?? {};
  const { items, hasMore } = await storedPage(desk, range);
  // Superseded, or begun anew, while the database was waited for.
  const { superseded, begunAnew } = goneAfter(desk, state?.task.headSeq ?? 0);
  const oldest = items[0]?.seq;
  if (oldest === undefined && copying) throw new Error("They are still being copied.");
  return {
    items: items.filter(({ id }) => !superseded.has(id) && !begunAnew.has(id)),
    before: (hasMore || copying) && oldest !== undefined ? oldest : null,
  };
}

async function seqOf(desk: Desk, messageId: string): Promise<number | undefined> {
  const kept = desk.store.messages.seqOf(messageId);
  if (kept !== undefined || desk.store.retention.messagesFrom() === 0) return kept;
  return findMessageSeq(desk.history.forReading(), desk.taskId ?? "", messageId);
}

function wordsBefore({ store }: Desk, seq: number | undefined) {
  if (seq === undefined) return [];
  const range = { beforeSeq: seq, limit: LIMITS.givenMessages, bytes: WORDS_BYTES };
  return store.messages.read({ roles: ["system"] }, range).items;
}
