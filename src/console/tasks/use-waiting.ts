import { useMemo } from "preact/hooks";
import type { Task } from "../../client";
import { useAccount } from "../state/account";
import { useUserEvents } from "../state/use-event";
import { usePages } from "../state/use-pages";
import { isMissed, waitingAfter, waitsForMe } from "./waiting";

const QUERY = { waiting: true, limit: 100 };

/** The tasks that go on only when the user has answered, newest first. */
export function useWaiting(): readonly Task[] {
  const { client, user } = useAccount();
  const { items, change, reload } = usePages("waiting", () => client.tasks.list(QUERY));
  useUserEvents(user, (event) => {
    change((tasks) => waitingAfter(tasks, event));
    if (isMissed(event)) reload();
  });
  return useMemo(() => items?.filter(waitsForMe) ?? [], [items]);
}
