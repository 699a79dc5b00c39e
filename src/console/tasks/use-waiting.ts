import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { Task } from "../../client";
import { waitsForMe } from "../parts/task-badge";
import { useAccount } from "../state/account";
import { asTaskroomError } from "../state/use-action";
import { useUserEvent } from "../state/use-event";
import { useTold } from "./use-told";

const MOST = 100;

/** The tasks that go on only when the user has answered, newest first. */
export function useWaiting(): readonly Task[] {
  const { client, user } = useAccount();
  const [listed, setListed] = useState<readonly Task[]>([]);
  const { tasks, newest } = useTold();
  const load = useCallback(
    () =>
      void client.tasks.list({ waiting: true, limit: MOST }).then(
        ({ items }) => setListed(items),
        // They are in the list as well.
        asTaskroomError,
      ),
    [client],
  );
  useEffect(load, [load]);
  useUserEvent(user, "session:ready", load);
  useUserEvent(user, "history:reset", load);
  useUserEvent(user, "task:deleted", ({ data: { taskId } }) => {
    setListed((old) => old.filter(({ id }) => id !== taskId));
  });
  return useMemo(() => {
    const others = [...tasks.values()].filter(({ id }) => !listed.some((task) => task.id === id));
    return [...others, ...listed]
      .map(newest)
      .filter((task) => waitsForMe(task) && !task.ephemeral)
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  }, [listed, tasks, newest]);
}
