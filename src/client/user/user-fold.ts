import type { UserRoomEvent, UserSnapshot } from "../connection/user-connection";

/** As many as a snapshot of the server has. */
const MOST_NOTIFICATIONS = 50;

type Changed = Partial<Pick<UserSnapshot, "unread" | "notifications">>;

/** What an event changes in what the user's devices show. */
export function userAfter({ notifications }: UserSnapshot, event: UserRoomEvent): Changed {
  switch (event.type) {
    case "session:ready":
    case "history:reset":
      return event.data.state ?? { unread: event.data.unread };
    case "unread": {
      const { count } = event.data;
      return { unread: count, ...(count === 0 && { notifications: [] }) };
    }
    case "notification": {
      const { notification } = event.data;
      // A list that was asked for may have it already.
      const others = notifications.filter(({ id }) => id !== notification.id);
      return { notifications: [notification, ...others].slice(0, MOST_NOTIFICATIONS) };
    }
    case "task:deleted": {
      const { taskId } = event.data;
      return { notifications: notifications.filter((item) => item.taskId !== taskId) };
    }
    default:
      return {};
  }
}

export function seqOf(event: UserRoomEvent): number | undefined {
  return "seq" in event ? event.seq : undefined;
}
