import { announceTask, emptyRoom } from "../../../engine/task/create";
import { importHistory } from "../../../engine/task/given-history";
import { cancelAll } from "../../../engine/task/people";
import { setTaskStatus, updateTask } from "../../../engine/task/task-rules";
import { send } from "../../../engine/turn/send";
import { isBlank } from "../../../protocol/blank";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import type { Attachment } from "../../../protocol/files/attachment";
import type { Principal } from "../../../protocol/identity";
import { newEpoch, newId } from "../../../protocol/ids";
import type { ExecuteTask } from "../../../protocol/rest/execute-task";
import type { PatchStatus } from "../../../protocol/rest/patch-status";
import type { PatchTask } from "../../../protocol/rest/patch-task";
import type { ConfirmTurn, GiveOutput } from "../../../protocol/rest/turn-actions";
import type { Task } from "../../../protocol/task";
import { DEFAULT_THREAD, type Turn } from "../../../protocol/turn";
import type { NewTask } from "../api";
import type { Desk } from "../desk";
import { presenceOf } from "../live/connections";
import { clientKey } from "../store/client-keys";
import { firstPlan } from "../turns/plan";
import { logAccepted } from "../turns/turn-lines";
import { cancel, confirm, giveOutput, guide, retry, sendMessage } from "./people-commands";
import { permit } from "./permit";
import { readTask, readTurn } from "./queries";
import { withinQuota } from "./quota";

/** What REST asks of a task as a whole. */

/** Milliseconds that a change waits for its members' homes, so that the next list shows it; it stands either way. */
const LISTED_WITHIN_MS = 2000;

export async function listed({ feeds }: Desk): Promise<void> {
  await within(LISTED_WITHIN_MS, feeds.users.flush());
}

/** The last release's homes have no list: there it is in the database. */
async function listedSomewhere({ feeds }: Desk): Promise<void> {
  await within(LISTED_WITHIN_MS, Promise.all([feeds.users.flush(), feeds.d1.flush()]));
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  // A timer that is left running would keep the room awake.
  const { promise: tooLate, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, tooLate]);
  clearTimeout(timer);
}

const ERASED = refuse("not_found", "The task was erased.");

export async function createTask(
  desk: Desk,
  principal: Principal,
  input: NewTask,
): Promise<Outcome<Task>> {
  if (desk.room) return readTask(desk, principal);
  if (desk.held.deletedAt !== undefined) return refused(ERASED);
  const plan = await firstPlan(desk.doors, input.teamRef, principal, input.taskId);
  if (!plan.ok) return plan;
  const { taskId, attachments: fileIds = [] } = input;
  const open = (attachments: Attachment[]) => (): Outcome<object> => {
    // The same request may have come twice while the team was looked up, and its task have gone since.
    if (desk.room) return accepted({ duplicate: true });
    if (desk.held.deletedAt !== undefined) return refused(ERASED);
    openRoom(desk, principal, { ...input, attachments }, plan.value);
    return accepted({});
  };
  const asks = input.prompt !== undefined || fileIds.length > 0;
  const begin = (files: Attachment[]) =>
    asks ? withinQuota(desk, principal, open(files), { taskId }) : open(files)();
  const { userId } = principal;
  const opened = await (fileIds.length > 0
    ? desk.files.carrying({ taskId, userId, fileIds }, begin)
    : begin([]));
  if (!opened.ok) return opened;
  if (!input.isListed) await listedSomewhere(desk);
  return readTask(desk, principal);
}

function openRoom(
  desk: Desk,
  principal: Principal,
  input: Omit<NewTask, "attachments"> & { attachments: Attachment[] },
  plan: Parameters<typeof emptyRoom>[0]["plan"],
): void {
  const now = desk.doors.now();
  const { prompt, attachments, members, history = [], isListed: _, ...seed } = input;
  const asks = prompt !== undefined || attachments.length > 0;
  const roles = Object.fromEntries(members.map(({ userId, role }) => [userId, role]));
  const createdBy = principal.userId;
  const room = emptyRoom(
    {
      ...seed,
      createdBy,
      members: { ...roles, [createdBy]: "owner" },
      epoch: newEpoch(now),
      plan,
    },
    now,
  );
  const turnId = newId("turn", now);
  // Whoever makes it past its creator's home lists it from the control database.
  desk.store.putHistoryName(input.isListed ? "" : undefined);
  const importer = presenceOf(principal);
  const ids = history.map(() => ({ messageId: newId("msg", now), turnId: newId("turn", now) }));
  desk.create(room, (draft) => {
    announceTask(draft);
    importHistory(draft, history, { importer, ids });
    if (!asks) return null;
    return send(draft, {
      turnId,
      messageId: newId("msg", now),
      author: presenceOf(principal),
      content: prompt ?? "",
      attachments,
      threadId: DEFAULT_THREAD,
      metadata: {},
      descent: principal.descent,
    });
  });
  const { taskId } = input;
  logAccepted(desk, principal, {
    command: "create",
    taskId,
    turnId: asks ? turnId : undefined,
  });
}

export async function patchTask(
  desk: Desk,
  principal: Principal,
  patch: PatchTask,
): Promise<Outcome<Task>> {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  const done = desk.perform((draft) => updateTask(draft, patch));
  if (!done.ok) return done;
  await listed(desk);
  return readTask(desk, principal);
}

export async function changeStatus(
  desk: Desk,
  principal: Principal,
  change: PatchStatus,
): Promise<Outcome<Task>> {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  const done = desk.perform((draft) => setTaskStatus(draft, change, principal.userId));
  if (!done.ok) return done;
  await listed(desk);
  return readTask(desk, principal);
}

export async function execute(
  desk: Desk,
  principal: Principal,
  input: ExecuteTask,
  idempotencyKey: string | undefined,
): Promise<Outcome<{ turn: Turn }>> {
  const { input: text, ...rest } = input;
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  const content = text ?? permitted.value.room.state.task.title;
  if (isBlank(content) && !rest.attachments?.length) {
    const issues = [{ path: "input", message: "needed where the task's title is blank" }];
    return refused(refuse("invalid_request", "There is nothing to do.", { issues }));
  }
  const keys =
    idempotencyKey === undefined
      ? []
      : [clientKey("execute", principal.userId, idempotencyKey, input)];
  const sent = await sendMessage(desk, principal, { content, ...rest }, keys);
  if (!sent.ok) return sent;
  const turn = readTurn(desk, principal, sent.value.turnId);
  return turn.ok ? accepted({ turn: turn.value }) : turn;
}

export function interruptTurn(
  desk: Desk,
  principal: Principal,
  turnId: string,
  reason: string | undefined,
): Outcome<Turn> {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  const known = readTurn(desk, principal, turnId);
  if (!known.ok) return known;
  const why = reason === undefined ? {} : { reason };
  const done = cancel(desk, principal, { turnId, ...why });
  return done.ok ? readTurn(desk, principal, turnId) : done;
}

export async function retryTurn(
  desk: Desk,
  principal: Principal,
  turnId: string,
): Promise<Outcome<Turn>> {
  return turnAfter(desk, principal, turnId, await retry(desk, principal, turnId));
}

export function confirmTurn(
  desk: Desk,
  principal: Principal,
  turnId: string,
  input: ConfirmTurn,
): Outcome<Turn> {
  return turnAfter(desk, principal, turnId, confirm(desk, principal, { turnId, ...input }));
}

export function giveTurnOutput(
  desk: Desk,
  principal: Principal,
  turnId: string,
  input: GiveOutput,
): Outcome<Turn> {
  return turnAfter(desk, principal, turnId, giveOutput(desk, principal, { turnId, ...input }));
}

export function guideTurn(
  desk: Desk,
  principal: Principal,
  turnId: string,
  content: string,
): Outcome<Turn> {
  return turnAfter(desk, principal, turnId, guide(desk, principal, { turnId, content }));
}

function turnAfter(
  desk: Desk,
  principal: Principal,
  turnId: string,
  done: Outcome<unknown>,
): Outcome<Turn> {
  return done.ok ? readTurn(desk, principal, turnId) : done;
}

export function interruptAll(
  desk: Desk,
  principal: Principal,
  reason: string | undefined,
): Outcome<{ interrupted: number }> {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  return desk.perform((draft) => cancelAll(draft, { by: principal.userId, reason }));
}
