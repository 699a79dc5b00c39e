import { useMemo, useSyncExternalStore } from "react";
import type { TaskQuery } from "../../client";
import { placesOf } from "../places";
import { useTaskroom } from "../provider";
import type { TaskListSnapshot } from "./live-tasks";

export type TasksHere = TaskListSnapshot & {
  /** Brings the next page; what goes wrong is in `error`. */
  loadMore(): Promise<void>;
  /** Asks again for what is shown. */
  refresh(): Promise<void>;
};

/** The user's tasks that a query leaves, newest first; kept up to date by the user's own room. */
export function useTasks(query: Omit<TaskQuery, "cursor"> = {}): TasksHere {
  const client = useTaskroom();
  const held = placesOf(client).tasks(JSON.stringify(query));
  const { subscribe, getSnapshot, getServerSnapshot } = held;
  const snapshot = useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot);
  const actions = useMemo(
    () => ({
      loadMore: () => held.during((list) => list.loadMore()),
      refresh: () => held.during((list) => list.refresh()),
    }),
    [held],
  );
  return useMemo(() => ({ ...snapshot, ...actions }), [snapshot, actions]);
}
