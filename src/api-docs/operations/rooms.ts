import { joinRoom } from "../../protocol/rest/log-position";
import type { Operation } from "../operation";

export const JOIN_ROOM: Operation = {
  id: "joinRoom",
  tag: "Rooms",
  method: "get",
  path: "/api/v1/tasks/{taskId}/chat",
  summary: "Open a task's room",
  description:
    "A WebSocket upgrade; what is said there is in `/asyncapi.json`. The token is in the " +
    "`Authorization` header or, for browsers, in the subprotocol list: `taskroom.v1, " +
    "taskroom.bearer.<token>`, with `taskroom.resume.<recoveryToken>` to resume a session. " +
    "Never in the URL. A page's origin must be the service's own or in `ALLOWED_ORIGINS`.",
  scope: "read",
  query: joinRoom,
  upgrade: true,
  answer: { status: 101, description: "The room's socket; `taskroom.v1` where it was offered." },
  errors: ["forbidden", "recovery_invalid", "session_expired", "session_limit"],
};

export const ROOMS: readonly Operation[] = [JOIN_ROOM];
