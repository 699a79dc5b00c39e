import type { NOTIFICATIONS } from "../../operations/rest/notifications";
import { ackNotifications, unreadCount } from "../../protocol/rest/notifications";
import { keptNotification, notification } from "../../protocol/user-events";
import { type Descriptions, json } from "../description";
import { pageOf } from "../models";
import { named } from "../named";
import { IDS, NOTIFICATION } from "../samples";

named("Notification", notification);
const page = pageOf("NotificationPage", named("KeptNotification", keptNotification));
named("AckNotifications", ackNotifications);

export const NOTIFICATIONS_DESCRIBED: Descriptions<typeof NOTIFICATIONS> = {
  list: {
    description:
      "Newest first. Kept until they are acknowledged, or 30 days old, or too many: those of tasks " +
      "that others made have bounds of their own. They go with the task, and when you leave it.",
    answer: {
      description: "A page of notifications.",
      json: json(page, { items: [NOTIFICATION], nextCursor: null }),
    },
    example: { unread: "true" },
  },
  acknowledge: {
    description: "Single ones by `ids`, or all up to one by `upTo`. May be repeated.",
    body: { ids: [IDS.notification] },
    answer: {
      description: "How many are left.",
      json: json(named("UnreadCount", unreadCount), { unread: 0 }),
    },
  },
  join: {
    description:
      "A WebSocket upgrade like a task's, without sessions: all your devices hear of all your tasks. " +
      "What is said there is in `/asyncapi.json`.",
    answer: { description: "The socket; `taskroom.v1` where it was offered." },
    errors: ["forbidden", "session_limit"],
  },
};
