import type { Task } from "../../../protocol/task";

/** Whether a list shows two states of a task alike. */
export function looksAlike(one: Task, other: Task): boolean {
  return look(one) === look(other);
}

function look({ title, status, statusReason, waitingFor, role, labels }: Task): string {
  return JSON.stringify([title, status, statusReason, waitingFor, role, labels]);
}
