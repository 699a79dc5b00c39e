import type { CreatedTask, OnceKey } from "../../durable-objects/user-room/api";
import { listPosition } from "../../history/task-entries";
import { listTasks as listProjected } from "../../history/tasks";
import { BAD_CURSOR, decodeCursor } from "../../protocol/cursor";
import { tooDeep } from "../../protocol/depth";
import { refuse } from "../../protocol/errors";
import { newId } from "../../protocol/ids";
import type { CreateTask } from "../../protocol/rest/create-task";
import type { ForkTask } from "../../protocol/rest/fork-task";
import type { ListTasks } from "../../protocol/rest/list-tasks";
import type { FoundPage, SearchMessages } from "../../protocol/rest/search";
import { bodyHash } from "../body-hash";
import type { AppContext } from "../context";
import { claimTaskId, keyOf } from "../idempotency";
import { mayInvite } from "../invitations";
import { newTask } from "../new-task";
import { RefusedRequest } from "../problem";
import { answerOf, ownHome, taskRoom, twice } from "./ask";
import { isNotThere } from "./room-failure";

/** What only homes of this release know, and those of the last will once they have slept. */
const NOT_YET = refuse("unavailable", "Your tasks are being moved. Try again later.");

/** Makes a task through its creator's home, which keeps the list and the names of tasks. */
export async function createTask(c: AppContext, body: CreateTask): Promise<CreatedTask> {
  const { principal } = c.var;
  const isTooDeep = tooDeep(principal.descent);
  if (isTooDeep) throw new RefusedRequest(isTooDeep);
  const input = newTask(principal, body);
  await mayInvite(c, input.members.filter(({ userId }) => userId !== principal.userId).length);
  const task = { ...input, taskId: newId("task", Date.now()) };
  const once = await onceKey(c, body);
  const ask = () => ownHome(c).createTask(principal, task, once);
  const created = await unlessOlder(() => twice(ask));
  if (created) return answerOf(created);
  if (body.key !== undefined) throw new RefusedRequest(NOT_YET);
  const id = await claimTaskId(c, body);
  const made = await twice(() => taskRoom(c.env, id).create(principal, { ...input, taskId: id }));
  return { task: answerOf(made), isNew: true };
}

/** Makes a task of another's history, as `createTask` makes one. */
export async function forkTask(
  c: AppContext,
  sourceId: string,
  body: ForkTask,
): Promise<CreatedTask> {
  const { principal } = c.var;
  const isTooDeep = tooDeep(principal.descent);
  if (isTooDeep) throw new RefusedRequest(isTooDeep);
  const { atMessageId: messageId, title, key } = body;
  const from = { taskId: sourceId, messageId };
  const input = { taskId: newId("task", Date.now()), from, title, key };
  // A key stands for a request: the same body to another task is another.
  const once = await onceKey(c, { ...body, forks: sourceId });
  const made = await unlessOlder(() => twice(() => ownHome(c).forkTask(principal, input, once)));
  if (!made) throw new RefusedRequest(NOT_YET);
  return answerOf(made);
}

/** A page of the caller's tasks, from the caller's home. */
export async function listTasks(c: AppContext, query: ListTasks) {
  const { userId } = c.var.principal;
  const { cursor } = query;
  if (cursor !== undefined && !decodeCursor(listPosition, cursor)) {
    throw new RefusedRequest(BAD_CURSOR);
  }
  const listed = await unlessOlder(() => twice(() => ownHome(c).listTasks(userId, query)));
  return answerOf(listed ?? (await listProjectedTasks(c.env, userId, query)));
}

/** Messages of the caller's tasks, from the caller's home. */
export async function searchOwnTasks(c: AppContext, query: SearchMessages): Promise<FoundPage> {
  const { userId } = c.var.principal;
  const found = await unlessOlder(() => twice(() => ownHome(c).search(userId, query)));
  if (!found) throw new RefusedRequest(NOT_YET);
  return answerOf(found);
}

function listProjectedTasks(env: Env, userId: string, query: ListTasks) {
  if (query.key !== undefined || query.waiting !== undefined) throw new RefusedRequest(NOT_YET);
  return listProjected(env.DB, userId, query);
}

async function onceKey(c: AppContext, body: object): Promise<OnceKey | undefined> {
  const key = keyOf(c);
  return key === undefined ? undefined : { key, bodyHash: await bodyHash(body) };
}

/** What a home answers; nothing where it still runs the last release. */
async function unlessOlder<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!isNotThere(error)) throw error;
    return undefined;
  }
}
