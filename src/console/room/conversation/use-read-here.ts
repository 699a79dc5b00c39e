import { useEffect } from "preact/hooks";
import { useAccount } from "../../state/account";
import { useSelected } from "../../state/use-selected";

/** Notifications of the task that one is looking at count as read. */
export function useReadHere(taskId: string): void {
  const { client, user } = useAccount();
  const notifications = useSelected(user, (snapshot) => snapshot.notifications);
  useEffect(() => {
    const read = () => {
      const ids = notifications.filter((item) => item.taskId === taskId).map(({ id }) => id);
      if (ids.length === 0 || document.visibilityState !== "visible") return;
      // Should it fail, they only stay unread.
      client.notifications.ack({ ids }).catch(() => {});
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [client, notifications, taskId]);
}
