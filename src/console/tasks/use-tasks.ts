import { useMemo, useState } from "preact/hooks";
import type { Task, TaskStatus } from "../../client";
import { useAccount } from "../state/account";
import { useUserEvent } from "../state/use-event";
import { type Pages, usePages } from "../state/use-pages";
import { useTold } from "./use-told";

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
  const { q, status, team, label } = filter;
  const pages = usePages(JSON.stringify(filter), (cursor) =>
    client.tasks.list({
      ...(cursor && { cursor }),
      ...(q && { q }),
      ...(status === "waiting" ? { waiting: true } : status && { status: [status] }),
      ...(team && { team }),
      ...(label && { label: [label] }),
    }),
  );
  const { change, reload } = pages;
  const isFiltered = q !== "" || status !== "" || team !== "" || label !== "";
  const { newest } = useTold();
  const [created, setCreated] = useState<readonly Task[]>([]);

  useUserEvent(user, "task:created", ({ data: { task } }) => {
    if (task.ephemeral) return;
    setCreated((old) => [task, ...old]);
    if (isFiltered) reload();
  });
  useUserEvent(user, "task:status", ({ data: { taskId, status: next } }) => {
    const changed = (task: Task) => (task.id === taskId ? { ...task, status: next } : task);
    change((tasks) => tasks.map(changed));
    setCreated((old) => old.map(changed));
  });
  useUserEvent(user, "task:updated", () => {
    if (status === "waiting") reload();
  });
  useUserEvent(user, "task:deleted", ({ data: { taskId } }) => {
    const isLeft = ({ id }: Task) => id !== taskId;
    change((tasks) => tasks.filter(isLeft));
    setCreated((old) => old.filter(isLeft));
  });
  useUserEvent(user, "task:shared", reload);
  // What happened before the connection stood, or while it was lost for too long.
  useUserEvent(user, "session:ready", reload);
  useUserEvent(user, "history:reset", reload);

  const items = useMemo(() => {
    const listed = isFiltered ? pages.items : joined(created, pages.items);
    return listed?.map(newest);
  }, [isFiltered, created, pages.items, newest]);
  return { ...pages, items };
}

/** Lists may lag behind what the events have told. */
function joined(created: readonly Task[], listed: Task[] | undefined): Task[] | undefined {
  if (!listed) return undefined;
  const known = new Set(listed.map(({ id }) => id));
  return [...created.filter(({ id }) => !known.has(id)), ...listed];
}
