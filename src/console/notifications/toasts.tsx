import { useEffect, useState } from "preact/hooks";
import type { Notification } from "../../client";
import { Button } from "../parts/button";
import { Link } from "../routing/link";
import { useRoute } from "../routing/navigate";
import { useAccount } from "../state/account";
import { useUserEvent } from "../state/use-event";

const SHOWN_MS = 8000;

/** A notification as it comes, unless one is looking at its task anyway. */
export function Toasts() {
  const { user } = useAccount();
  const route = useRoute();
  const [newest, setShown] = useState<Notification>();
  useUserEvent(user, "notification", ({ data: { notification } }) => setShown(notification));
  const isHere = route.at === "task" && route.taskId === newest?.taskId;
  const shown = isHere ? undefined : newest;
  useEffect(() => {
    if (isHere) setShown(undefined);
    if (!shown) return;
    const timer = setTimeout(() => setShown(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown, isHere]);
  const taskId = shown?.taskId;
  return (
    <div class="toasts" role="status">
      {shown && (
        <div class="toast">
          <span>
            {taskId ? (
              <Link to={{ at: "task", taskId, view: "conversation" }}>{shown.title}</Link>
            ) : (
              shown.title
            )}
            {shown.body && <span class="quiet"> {shown.body}</span>}
          </span>
          <Button kind="quiet" label="Dismiss" onClick={() => setShown(undefined)}>
            ✕
          </Button>
        </div>
      )}
    </div>
  );
}
