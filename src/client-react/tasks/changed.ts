import type { Task, TaskQuery, UserRoomEvent } from "../../client";

type Change = {
  tasks: readonly Task[] | undefined;
  /** Only the list itself can tell what it is now. */
  isStale: boolean;
};

/** What an event of the user's room makes of a list of tasks. */
export function changed(
  tasks: readonly Task[] | undefined,
  event: UserRoomEvent,
  query: TaskQuery,
): Change {
  switch (event.type) {
    case "task:created": {
      const { task } = event.data;
      if (task.ephemeral && !query.ephemeral) return { tasks, isStale: false };
      if (narrows(query)) return { tasks, isStale: true };
      const isThere = tasks?.some(({ id }) => id === task.id);
      return { tasks: tasks && !isThere ? [task, ...tasks] : tasks, isStale: false };
    }
    case "task:updated": {
      const { task } = event.data;
      const next = each(tasks, task.id, (old) => (isNewer(old, task) ? old : task));
      return { tasks: next, isStale: isByWhatChanges(query) };
    }
    case "task:status": {
      const { taskId, status } = event.data;
      const next = each(tasks, taskId, (task) => ({ ...begun(task), status }));
      return { tasks: next, isStale: query.status !== undefined || query.waiting !== undefined };
    }
    case "turn:waiting": {
      const { taskId, waitingFor } = event.data;
      const next = each(tasks, taskId, (task) => ({ ...task, ...(waitingFor && { waitingFor }) }));
      return { tasks: next, isStale: query.waiting !== undefined };
    }
    case "task:deleted": {
      const { taskId } = event.data;
      const isThere = tasks?.some(({ id }) => id === taskId);
      return {
        tasks: isThere ? tasks?.filter(({ id }) => id !== taskId) : tasks,
        isStale: false,
      };
    }
    // What happened before the connection stood; of what was missed, changes of tasks are not told again.
    case "session:ready":
    case "history:reset":
    case "task:shared":
      return { tasks, isStale: true };
    default:
      return { tasks, isStale: false };
  }
}

/** Whether a new task may be none of the query's. */
function narrows({ limit: _, ephemeral: __, ...rest }: TaskQuery): boolean {
  return Object.values(rest).some((value) => value !== undefined);
}

/** Whether a task that changes may become one of the query's, or cease to be one. */
function isByWhatChanges({ status, label, waiting, q }: TaskQuery): boolean {
  return [status, label, waiting, q].some((value) => value !== undefined);
}

/** A page of the list may have said more already. */
function isNewer(old: Task, told: Task): boolean {
  return old.epoch === told.epoch && old.headSeq > told.headSeq;
}

/** Without what belongs to the status before. */
function begun({ waitingFor: _, statusReason: __, endedAt: ___, ...task }: Task): Task {
  return task;
}

function each(
  tasks: readonly Task[] | undefined,
  taskId: string,
  change: (task: Task) => Task,
): readonly Task[] | undefined {
  if (!tasks?.some(({ id }) => id === taskId)) return tasks;
  return tasks.map((task) => (task.id === taskId ? change(task) : task));
}
