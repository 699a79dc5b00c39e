import { useEffect, useRef } from "preact/hooks";
import type { KeptNotification } from "../../client";
import { Button } from "../parts/button";
import { Listing } from "../parts/listing";
import { Page } from "../parts/page";
import { Problem } from "../parts/problem";
import { Time } from "../parts/time";
import { Link } from "../routing/link";
import { useAccount } from "../state/account";
import { useAction } from "../state/use-action";
import { useUserEvent } from "../state/use-event";
import { usePages } from "../state/use-pages";
import { useSelected } from "../state/use-selected";

export function NotificationsPage() {
  const { client, user } = useAccount();
  const unread = useSelected(user, (snapshot) => snapshot.unread);
  const { run, busy, error } = useAction();
  const pages = usePages<KeptNotification>("all", (cursor) =>
    client.notifications.list(cursor ? { cursor } : {}),
  );
  useUserEvent(user, "notification", ({ data: { notification } }) =>
    pages.change((items) => [notification, ...items.filter(({ id }) => id !== notification.id)]),
  );
  // Read on another device.
  const known = useRef(unread);
  useEffect(() => {
    if (unread < known.current) pages.reload();
    known.current = unread;
  }, [unread, pages.reload]);

  const [newest] = pages.items ?? [];
  const read = (which: { ids: string[] } | { upTo: string }) =>
    run(async () => {
      await client.notifications.ack(which);
      pages.reload();
    });
  return (
    <Page
      title="Notifications"
      intro="Kept until you have read them, or for 30 days."
      actions={
        newest &&
        unread > 0 && (
          <Button busy={busy} onClick={() => read({ upTo: newest.id })}>
            Mark all as read
          </Button>
        )
      }
    >
      <Problem error={error} />
      <Listing pages={pages} empty="Nothing yet.">
        {(items) => (
          <ul class="plain-list rows">
            {items.map((item) => (
              <NotificationRow key={item.id} item={item} onRead={() => read({ ids: [item.id] })} />
            ))}
          </ul>
        )}
      </Listing>
    </Page>
  );
}

function NotificationRow({ item, onRead }: { item: KeptNotification; onRead: () => void }) {
  const { title, body, taskId, createdAt, acknowledgedAt } = item;
  return (
    <li class={`row spread wrap ${acknowledgedAt ? "" : "unread"}`}>
      <span class="stack tight">
        {taskId ? <Link to={{ at: "task", taskId, view: "conversation" }}>{title}</Link> : title}
        {body && <span class="quiet">{body}</span>}
      </span>
      <span class="row">
        <span class="quiet">
          <Time at={createdAt} />
        </span>
        {!acknowledgedAt && (
          <Button kind="quiet" label={`Mark “${title}” as read`} onClick={onRead}>
            Read
          </Button>
        )}
      </span>
    </li>
  );
}
