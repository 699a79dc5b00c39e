import { useMemo, useSyncExternalStore } from "react";
import type { Taskroom, UserSnapshot } from "../../client";
import { placesOf } from "../places";
import { useTaskroom } from "../provider";

export type NotificationsHere = UserSnapshot & {
  /** Acknowledges some of them, or all: every device hears of it. */
  readonly ack: Taskroom["notifications"]["ack"];
};

/** The user's unread notifications, as all of the user's devices show them. */
export function useNotifications(): NotificationsHere {
  const client = useTaskroom();
  const { subscribe, getSnapshot, getServerSnapshot } = placesOf(client).user;
  const snapshot = useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot);
  const { ack } = client.notifications;
  return useMemo(() => ({ ...snapshot, ack }), [snapshot, ack]);
}
