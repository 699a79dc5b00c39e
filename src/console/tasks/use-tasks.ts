import type { Task, TaskQuery, TaskStatus } from "../../client";
import { changed } from "../../client-react/tasks/changed";
import { useAccount } from "../state/account";
import { useUserEvents } from "../state/use-event";
import { type Pages, usePages } from "../state/use-pages";

export type TaskFilter = {
  q: string;
  /** Or those that wait for an answer, whatever their status. */
  status: TaskStatus | "waiting" | "";
  team: string;
  label: string;
};
export const NO_FILTER: TaskFilter = { q: "", status: "", team: "", label: "" };

/** The tasks that a filter leaves, kept up to date by what the user's own room tells. */
export function useTasks(filter: TaskFilter): Pages<Task> {
  const { client, user } = useAccount();
  const query = queryOf(filter);
  const pages = usePages(JSON.stringify(query), (cursor) =>
    client.tasks.list({ ...query, ...(cursor && { cursor }) }),
  );
  const { change, reload } = pages;
  useUserEvents(user, (event) => {
    change((tasks) => {
      const { tasks: next = tasks } = changed(tasks, event, query);
      return next === tasks ? tasks : [...next];
    });
    if (changed(undefined, event, query).isStale) reload();
  });
  return pages;
}

function queryOf({ q, status, team, label }: TaskFilter): TaskQuery {
  return {
    ...(q && { q }),
    ...(status === "waiting" ? { waiting: true } : status && { status: [status] }),
    ...(team && { team }),
    ...(label && { label: [label] }),
  };
}
