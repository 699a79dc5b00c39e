import { joinRoom } from "../../protocol/rest/log-position";
import {
  ackNotifications,
  listNotifications,
  unreadCount,
} from "../../protocol/rest/notifications";
import { keptNotification, notification } from "../../protocol/user-events";
import { pageOf } from "../models";
import { named } from "../named";
import { json, type Operation } from "../operation";
import { IDS, NOTIFICATION } from "../samples";

named("Notification", notification);
const page = pageOf("NotificationPage", named("KeptNotification", keptNotification));
const ack = named("AckNotifications", ackNotifications);

const tag = "Notifications";

/** The upgrade to the user's own room. */
export const JOIN_USER_ROOM: Operation = {
  id: "joinUserRoom",
  tag,
  method: "get",
  path: "/api/v1/user/notifications",
  summary: "Open your own room",
  description:
    "A WebSocket upgrade like a task's, without sessions: all your devices hear of all your tasks. " +
    "What is said there is in `/asyncapi.json`.",
  scope: "read",
  query: joinRoom,
  upgrade: true,
  answer: { status: 101, description: "The socket; `taskroom.v1` where it was offered." },
  errors: ["forbidden", "session_limit"],
};

export const NOTIFICATIONS: readonly Operation[] = [
  {
    id: "listNotifications",
    tag,
    method: "get",
    path: "/api/v1/notifications",
    summary: "List your notifications",
    description:
      "Newest first. Kept until they are acknowledged, or 30 days old, or too many: those of tasks " +
      "that others made have bounds of their own. They go with the task, and when you leave it.",
    scope: "read",
    query: listNotifications,
    answer: {
      status: 200,
      description: "A page of notifications.",
      json: json(page, { items: [NOTIFICATION], nextCursor: null }),
    },
    example: { unread: "true" },
  },
  {
    id: "ackNotifications",
    tag,
    method: "post",
    path: "/api/v1/notifications/ack",
    summary: "Mark notifications as seen",
    description: "Single ones by `ids`, or all up to one by `upTo`. May be repeated.",
    scope: "write",
    body: { ...json(ack, { ids: [IDS.notification] }), required: true },
    answer: {
      status: 200,
      description: "How many are left.",
      json: json(named("UnreadCount", unreadCount), { unread: 0 }),
    },
  },
  JOIN_USER_ROOM,
];
