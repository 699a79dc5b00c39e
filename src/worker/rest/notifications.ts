import type { NOTIFICATIONS } from "../../operations/rest/notifications";
import { switched } from "../handshake";
import { arrive } from "../rooms/arrive";
import { answerOf, ownHome, twice } from "../rooms/ask";
import type { Handlers } from "../serving/handler";

export const notifications: Handlers<typeof NOTIFICATIONS> = {
  async list({ c, query }) {
    return answerOf(await twice(() => ownHome(c).listNotifications(query)));
  },

  async acknowledge({ c, body }) {
    return answerOf(await twice(() => ownHome(c).acknowledge(body)));
  },

  /** The socket of the user's own room (contract section 7). */
  async join({ c, principal, query: position }) {
    const arrival = { principal, position, isFeed: false };
    const { webSocket } = await arrive(() => ownHome(c), arrival);
    return switched(c.req.raw, webSocket);
  },
};
