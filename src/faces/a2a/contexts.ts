import { BOUNDS } from "../../operations/a2a/params";
import { type Ref, refText } from "../../protocol/refs";
import type { Task } from "../../protocol/task";
import type { Turn } from "../../protocol/turn";
import { bodyHash } from "../../worker/body-hash";
import type { AppContext } from "../../worker/context";
import { mayCreate } from "../../worker/middleware/creation-limit";
import { answerOf, taskRoom, twice } from "../../worker/rooms/ask";
import { createTask } from "../../worker/rooms/own-tasks";
import { titleOf } from "../../worker/task-title";
import { namedTask } from "../named-task";
import { noSuchTask, notValid } from "./fault";
import { turnRefOf } from "./ids";
import type { Begun } from "./reading";

/** The task of a context; nothing where none has been begun under this name. */
export function findContext(c: AppContext, contextId: string): Promise<Task | undefined> {
  return namedTask(c, contextId, BOUNDS.contextPrefix);
}

export async function readTask(c: AppContext, taskId: string): Promise<Task> {
  return answerOf(await twice(() => taskRoom(c.env, taskId).read(c.var.principal)));
}

export async function readTurn(c: AppContext, { id: taskId }: Task, turnId: string): Promise<Turn> {
  return answerOf(await twice(() => taskRoom(c.env, taskId).turn(c.var.principal, turnId)));
}

/** The turn that an A2A task's id names, where it is of this team. Throws that there is none. */
export async function begunOf(c: AppContext, team: Ref, id: string): Promise<Begun> {
  const ref = turnRefOf(id);
  if (!ref) throw noSuchTask();
  const task = await readTask(c, ref.taskId);
  if (!isOf(team, task)) throw noSuchTask();
  return { task, turn: await readTurn(c, task, ref.turnId) };
}

export function isOf(team: Ref, { teamRef }: Task): boolean {
  return refText(teamRef) === refText(team);
}

export type Begin = {
  team: Ref;
  contextId: string | undefined;
  messageId: string;
  text: string;
};

/** The task that a message goes to, begun where it is not there. */
export async function contextFor(
  c: AppContext,
  { team, contextId, messageId, text }: Begin,
): Promise<{ task: Task; isNew: boolean }> {
  const found = contextId === undefined ? undefined : await findContext(c, contextId);
  if (found) {
    if (isOf(team, found)) return { task: found, isNew: false };
    throw notValid("message.contextId", `the context is one of ${refText(found.teamRef)}`);
  }
  // The same message sent again, without the answer's context, finds the task that it has made.
  const key =
    contextId === undefined
      ? BOUNDS.messagePrefix + (await bodyHash([refText(team), messageId, text]))
      : BOUNDS.contextPrefix + contextId;
  await mayCreate(c, "tasks");
  return createTask(c, { key, title: titleOf(text), teamRef: team });
}
