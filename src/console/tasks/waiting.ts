import type { Task, UserRoomEvent } from "../../client";

/**
 * The tasks that wait for the user, newest first, after an event of the user's room: each is told as it is
 * now, so the list need not be asked for.
 */
export function waitingAfter(tasks: Task[], { type, data }: UserRoomEvent): Task[] {
  if (type === "task:deleted") return tasks.filter(({ id }) => id !== data.taskId);
  if (type !== "task:updated") return tasks;
  const { task } = data;
  const others = tasks.filter(({ id }) => id !== task.id);
  const known = tasks.find(({ id }) => id === task.id);
  // A page that was read later says more.
  const isOld = known?.epoch === task.epoch && known.headSeq > task.headSeq;
  const now = known && isOld ? known : task;
  if (!waitsForMe(now) || now.ephemeral) return others;
  return [...others, now].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/** Whether the caller is the one, or one of those, whose answer is waited for. */
export function waitsForMe({ waitingFor, role }: Task): boolean {
  return waitingFor !== undefined && waitingFor !== "client-tool" && role !== "viewer";
}

/** Whether only the list itself can tell: what is told of tasks is not told again. */
export function isMissed({ type }: UserRoomEvent): boolean {
  return type === "session:ready" || type === "history:reset";
}
