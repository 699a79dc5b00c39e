import type { Task, TaskStatus } from "../../client";
import { useAccount } from "../state/account";
import { useUserEvent } from "../state/use-event";
import { type Pages, usePages } from "../state/use-pages";

export type TaskFilter = { q: string; status: TaskStatus | ""; team: string; label: string };
export const NO_FILTER: TaskFilter = { q: "", status: "", team: "", label: "" };

/** The tasks that a filter leaves, kept up to date by what the user's own room tells. */
export function useTasks(filter: TaskFilter): Pages<Task> {
  const { client, user } = useAccount();
  const { q, status, team, label } = filter;
  const pages = usePages(JSON.stringify(filter), (cursor) =>
    client.tasks.list({
      ...(cursor && { cursor }),
      ...(q && { q }),
      ...(status && { status: [status] }),
      ...(team && { team }),
      ...(label && { label: [label] }),
    }),
  );
  const { change, reload } = pages;
  const isFiltered = q !== "" || status !== "" || team !== "" || label !== "";

  useUserEvent(user, "task:created", ({ data: { task } }) => {
    if (isFiltered) return reload();
    change((tasks) => [task, ...tasks.filter(({ id }) => id !== task.id)]);
  });
  useUserEvent(user, "task:status", ({ data }) => {
    change((tasks) =>
      tasks.map((task) => (task.id === data.taskId ? { ...task, status: data.status } : task)),
    );
  });
  useUserEvent(user, "task:deleted", ({ data }) => {
    change((tasks) => tasks.filter(({ id }) => id !== data.taskId));
  });
  useUserEvent(user, "task:shared", reload);
  useUserEvent(user, "history:reset", reload);
  return pages;
}
