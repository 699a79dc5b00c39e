import { useEffect, useRef } from "preact/hooks";
import type { KeptNotification } from "../../client";
import { Button } from "../parts/button";
import { DeleteButton } from "../parts/delete-button";
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
              <NotificationRow
                key={item.id}
                item={item}
                onRead={() => read({ ids: [item.id] })}
                onLeft={pages.reload}
              />
            ))}
          </ul>
        )}
      </Listing>
    </Page>
  );
}

type RowProps = { item: KeptNotification; onRead: () => void; onLeft: () => void };

function NotificationRow({ item, onRead, onLeft }: RowProps) {
  const { kind, title, body, taskId, createdAt, acknowledgedAt } = item;
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
        {kind === "task_shared" && taskId && <LeaveButton {...{ taskId, title, onLeft }} />}
        {!acknowledgedAt && (
          <Button kind="quiet" label={`Mark “${title}” as read`} onClick={onRead}>
            Read
          </Button>
        )}
      </span>
    </li>
  );
}

/** Whoever was invited need not open the task to be rid of it. */
function LeaveButton(props: { taskId: string; title: string; onLeft: () => void }) {
  const { taskId, title, onLeft } = props;
  const { client, me } = useAccount();
  const { userId } = me;
  if (userId === undefined) return null;
  return (
    <DeleteButton
      name={`the task of “${title}”`}
      verb="Leave"
      consequence="You hear nothing more of it, and its notifications go."
      remove={() => client.tasks.dropMember(taskId, userId)}
      onRemoved={onLeft}
    />
  );
}
