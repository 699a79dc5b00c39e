import { useEffect } from "preact/hooks";
import { useAccount } from "../state/account";
import { useSelected } from "../state/use-selected";

/** The tab's title, with the number of unread notifications. */
export function usePageTitle(title: string): void {
  const { user } = useAccount();
  const unread = useSelected(user, (snapshot) => snapshot.unread);
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${title} · Taskroom`;
  }, [title, unread]);
}
