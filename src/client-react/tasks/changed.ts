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
      const others = tasks?.filter(({ id }) => id !== task.id);
      return { tasks: others && [task, ...others], isStale: false };
    }
    case "task:status": {
      const { taskId, status } = event.data;
      const next = each(tasks, taskId, ({ waitingFor: _, ...task }) => ({ ...task, status }));
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
    // What happened before the connection stood, or while it was lost for too long.
    case "session:ready":
    case "history:reset":
      return { tasks, isStale: event.data.state !== undefined };
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

function each(
  tasks: readonly Task[] | undefined,
  taskId: string,
  change: (task: Task) => Task,
): readonly Task[] | undefined {
  if (!tasks?.some(({ id }) => id === taskId)) return tasks;
  return tasks.map((task) => (task.id === taskId ? change(task) : task));
}
