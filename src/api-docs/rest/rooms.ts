import type { ROOMS } from "../../operations/rest/rooms";
import type { Descriptions } from "../description";

export const ROOMS_DESCRIBED: Descriptions<typeof ROOMS> = {
  join: {
    description:
      "A WebSocket upgrade; what is said there is in `/asyncapi.json`. The token is in the " +
      "`Authorization` header or, for browsers, in the subprotocol list: `taskroom.v1, " +
      "taskroom.bearer.<token>`, with `taskroom.resume.<recoveryToken>` to resume a session. " +
      "Never in the URL. A page's origin must be the service's own or in `ALLOWED_ORIGINS`.",
    answer: { description: "The room's socket; `taskroom.v1` where it was offered." },
    errors: ["forbidden", "recovery_invalid", "session_expired", "session_limit"],
  },
};
