import { useCallback, useEffect, useState } from "preact/hooks";
import type { Task } from "../../client";
import { waitsForMe } from "../parts/task-badge";
import { useAccount } from "../state/account";
import { asTaskroomError } from "../state/use-action";
import { useUserEvent } from "../state/use-event";

const MOST = 100;

/** The tasks that go on only when the user has answered, newest first. */
export function useWaiting(): readonly Task[] {
  const { client, user } = useAccount();
  const [tasks, setTasks] = useState<readonly Task[]>([]);
  const load = useCallback(
    () =>
      void client.tasks.list({ waiting: true, limit: MOST }).then(
        ({ items }) => setTasks(items.filter(waitsForMe)),
        // They are in the list as well.
        asTaskroomError,
      ),
    [client],
  );
  useEffect(load, [load]);
  useUserEvent(user, "session:ready", load);
  useUserEvent(user, "history:reset", load);
  useUserEvent(user, "task:updated", ({ data: { task } }) => {
    if (task.ephemeral) return;
    setTasks((old) => {
      const others = old.filter(({ id }) => id !== task.id);
      return waitsForMe(task) ? [task, ...others] : others;
    });
  });
  useUserEvent(user, "task:deleted", ({ data: { taskId } }) => {
    setTasks((old) => old.filter(({ id }) => id !== taskId));
  });
  return tasks;
}
