import { announceTask, emptyRoom } from "../../../engine/task/create";
import { carryHistory } from "../../../engine/task/fork";
import { describeError, logError } from "../../../platform/platform-log";
import { jsonBytes } from "../../../protocol/bytes";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import { newEpoch } from "../../../protocol/ids";
import { LIMITS } from "../../../protocol/limits";
import type { Message } from "../../../protocol/message";
import type { Ref } from "../../../protocol/refs";
import type { CarriedFile } from "../../../protocol/rooms/files";
import type { Task } from "../../../protocol/task";
import { systemRef } from "../../../resources/system-teams";
import type { TeamPlan } from "../../../resources/team-plan";
import type { CarriedPage, NewFork } from "../api";
import { readTask } from "../commands/queries";
import type { Desk } from "../desk";
import { KEPT_MESSAGES } from "../store/retention";
import { firstPlan } from "../turns/plan";
import { logAccepted } from "../turns/turn-lines";
import { copiesOf } from "./copies";

/** Bytes as JSON of the messages that a fork's own log begins with: twice what a turn's model is told at most. */
const NEWEST_BYTES = 2 * LIMITS.pageBytes;
/** The team of a fork whose maker may not use the source's. */
const DEFAULT_TEAM = systemRef("assistant");

const EMPTY = refuse("invalid_request", "There is nothing to fork.", {
  issues: [{ path: "taskId", message: "the task has no finished message yet" }],
});
const UNREACHABLE = refuse("unavailable", "The task's history can't be reached right now.");

/**
 * Makes a task of the newest part of another's history, in one transaction; the rest follows by itself. Whatever
 * dies before that, there is no task, and the same request makes it.
 */
export async function forkTask(
  desk: Desk,
  principal: Principal,
  input: NewFork,
): Promise<Outcome<Task> | "erased"> {
  if (desk.room) return readTask(desk, principal);
  if (desk.held.deletedAt !== undefined) return "erased";
  const carried = await carriedBy(desk, principal, input);
  if (!carried.ok) return carried;
  const { title, teamRef } = carried.value;
  const team = await teamFor(desk, teamRef, principal, input.taskId);
  if (!team.ok) return team;
  const { files, before } = carried.value;
  const share = { taskId: input.taskId, from: input.from.taskId, files };
  const forked = await desk.files.sharing(share, async (shared) => {
    const copies = await copiesFor(input.taskId, carried.value, shared);
    desk.doors.fault("after carrying");
    // The same request may have come twice while the source was read, and its task have gone since.
    if (!desk.room && desk.held.deletedAt === undefined) {
      openFork(desk, principal, {
        ...input,
        title: input.title ?? forkTitle(title),
        team: team.value,
        ...{ before, copies, files: shared },
      });
    }
    return readTask(desk, principal);
  });
  return desk.held.deletedAt === undefined ? forked : "erased";
}

/** The newest messages, page by page, up to the bounds of what a fork's own log begins with. */
async function carriedBy(
  { doors }: Desk,
  principal: Principal,
  { from }: NewFork,
): Promise<Outcome<CarriedPage>> {
  let whole: CarriedPage | undefined;
  let limit = KEPT_MESSAGES;
  let bytes = NEWEST_BYTES;
  while (limit > 0 && bytes > 0 && whole?.before !== null) {
    doors.fault("before carrying");
    const place = whole ? { beforeSeq: whole.before } : { upTo: from.messageId };
    const page = await carryPage(doors, from.taskId, principal, { ...place, limit, bytes });
    // What is older may come later.
    if (!page.ok && whole && page.refusal.code === "unavailable") break;
    if (!page.ok) return page;
    const { messages, files, ...rest } = page.value;
    limit -= messages.length;
    bytes -= messages.reduce((sum, message) => sum + jsonBytes(message), 0);
    whole = {
      ...rest,
      messages: [...messages, ...(whole?.messages ?? [])],
      files: [...files, ...(whole?.files ?? [])],
    };
  }
  return whole && whole.messages.length > 0 ? accepted(whole) : refused(EMPTY);
}

async function carryPage(
  doors: Desk["doors"],
  taskId: string,
  principal: Principal,
  query: { upTo?: string | undefined; beforeSeq?: number; limit: number; bytes: number },
): Promise<Outcome<CarriedPage>> {
  const bytes = Math.min(query.bytes, LIMITS.pageBytes);
  try {
    return await doors.carry(taskId, principal, { ...query, bytes });
  } catch (error) {
    const { requestId } = principal;
    logError("source_unreachable", { requestId, taskId, causes: describeError(error) });
    return refused(UNREACHABLE);
  }
}

type Team = { teamRef: Ref; plan: TeamPlan };

/** The source's team where the caller may use it. */
async function teamFor(
  { doors }: Desk,
  teamRef: Ref,
  principal: Principal,
  taskId: string,
): Promise<Outcome<Team>> {
  const own = await firstPlan(doors, teamRef, principal, taskId);
  if (own.ok) return accepted({ teamRef, plan: own.value });
  if (own.refusal.code !== "invalid_request") return own;
  const other = await firstPlan(doors, DEFAULT_TEAM, principal, taskId);
  return other.ok ? accepted({ teamRef: DEFAULT_TEAM, plan: other.value }) : other;
}

type Copies = { newest: Message[]; words: Message[] };

/** The fork's own messages, with those of their files that it carries. */
async function copiesFor(
  taskId: string,
  { messages, words, before }: CarriedPage,
  files: readonly CarriedFile[],
): Promise<Copies> {
  // Without an older part they are all among the messages.
  const older = before === null ? [] : words.filter(({ seq }) => seq < before);
  const [newest, kept] = await Promise.all([
    copiesOf(taskId, messages, files),
    copiesOf(taskId, older, files),
  ]);
  return { newest, words: kept };
}

type Opening = NewFork & {
  title: string;
  team: Team;
  before: number | null;
  copies: Copies;
  files: readonly CarriedFile[];
};

function openFork(desk: Desk, principal: Principal, opening: Opening): void {
  const { taskId, from, key, title, team, before, copies, files } = opening;
  const { userId } = principal;
  const now = desk.doors.now();
  const room = emptyRoom(
    {
      taskId,
      title,
      ...team,
      labels: {},
      metadata: {},
      ...(key !== undefined && { key }),
      ...originOf(from.taskId, copies.newest),
      ...(before !== null && { begins: before }),
      createdBy: userId,
      members: { [userId]: "owner" },
      epoch: newEpoch(now),
    },
    now,
  );
  const copying = before === null ? undefined : { userId, beforeSeq: before };
  desk.store.putHistoryName("");
  desk.create(room, (draft) => {
    announceTask(draft);
    carryHistory(draft, { ...copies, copying });
    draft.carry(files);
    return null;
  });
  logAccepted(desk, principal, { command: "fork", taskId });
  desk.older.goOn();
}

function originOf(taskId: string, messages: readonly Message[]): Pick<Task, "forkedFrom"> {
  // By the source's order; an answer that was given anew stands with its question.
  const last = messages.reduce<Message | undefined>(
    (newest, one) => (newest && newest.seq > one.seq ? newest : one),
    undefined,
  );
  return last?.forkedFrom ? { forkedFrom: { ...last.forkedFrom, taskId } } : {};
}

const MARK = " (fork)";

/** Marked once, cut without halving a character. */
export function forkTitle(title: string): string {
  if (title.endsWith(MARK)) return title;
  const most = LIMITS.titleChars - MARK.length;
  const cut = title.slice(0, most);
  return (cut.isWellFormed() ? cut : cut.slice(0, -1)) + MARK;
}
