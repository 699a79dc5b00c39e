import { useCallback, useState } from "preact/hooks";
import type { Task } from "../../client";
import { useAccount } from "../state/account";
import { useUserEvent } from "../state/use-event";

/** What the user's own room has told of tasks since the page came. */
export type Told = {
  tasks: ReadonlyMap<string, Task>;
  /** A page of the list that was on its way meanwhile may be older. */
  newest: (task: Task) => Task;
};

export function useTold(): Told {
  const { user } = useAccount();
  const [tasks, setTasks] = useState<ReadonlyMap<string, Task>>(new Map());
  useUserEvent(user, "task:updated", ({ data: { task } }) => {
    setTasks((old) => new Map(old).set(task.id, task));
  });
  useUserEvent(user, "task:deleted", ({ data: { taskId } }) => {
    setTasks((old) => new Map([...old].filter(([id]) => id !== taskId)));
  });
  const newest = useCallback(
    (task: Task) => {
      const told = tasks.get(task.id);
      const isNewer = told?.epoch === task.epoch && told.headSeq > task.headSeq;
      return told && isNewer ? told : task;
    },
    [tasks],
  );
  return { tasks, newest };
}
