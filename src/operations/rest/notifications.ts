import { joinRoom } from "../../protocol/rest/log-position";
import { ackNotifications, listNotifications } from "../../protocol/rest/notifications";
import type { Group } from "../operation";

const tag = "Notifications";
const path = "/api/v1/notifications";

export const NOTIFICATIONS = {
  list: {
    id: "listNotifications",
    tag,
    method: "get",
    path,
    summary: "List your notifications",
    scope: "read",
    query: listNotifications,
    status: 200,
  },
  acknowledge: {
    id: "ackNotifications",
    tag,
    method: "post",
    path: `${path}/ack`,
    summary: "Mark notifications as seen",
    scope: "write",
    body: ackNotifications,
    status: 200,
  },
  join: {
    id: "joinUserRoom",
    tag,
    method: "get",
    path: "/api/v1/user/notifications",
    summary: "Open your own room",
    scope: "read",
    query: joinRoom,
    upgrade: true,
    sameOrigin: true,
    status: 101,
  },
} as const satisfies Group;
