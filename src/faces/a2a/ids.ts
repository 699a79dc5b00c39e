import { BOUNDS } from "../../operations/a2a/params";
import { taskId, turnId } from "../../protocol/ids";
import type { Task } from "../../protocol/task";

/** A turn, with the task that it is in. */
export type TurnRef = { taskId: string; turnId: string };

/** An A2A task is a turn; its id carries both, so that nothing has to be looked up. */
export function a2aTaskId({ taskId, turnId }: TurnRef): string {
  return `${taskId}.${turnId}`;
}

/** Nothing where the id is of no turn's form. */
export function turnRefOf(id: string): TurnRef | undefined {
  const [task = "", turn = "", ...more] = id.split(".");
  const isOne = more.length === 0 && taskId.safeParse(task).success;
  return isOne && turnId.safeParse(turn).success ? { taskId: task, turnId: turn } : undefined;
}

/** A context is a task: by the id that its client chose, else by the task's own. */
export function contextIdOf({ id, key }: Task): string {
  return key?.startsWith(BOUNDS.contextPrefix) ? key.slice(BOUNDS.contextPrefix.length) : id;
}
