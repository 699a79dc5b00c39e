import type { ROOMS } from "../../operations/rest/rooms";
import { refuse } from "../../protocol/errors";
import { resumesOf, switched } from "../handshake";
import { RefusedRequest } from "../problem";
import { readRecoveryToken } from "../recovery";
import { arrive } from "../rooms/arrive";
import { taskRoom } from "../rooms/ask";
import type { Handlers } from "../serving/handler";

export const rooms: Handlers<typeof ROOMS> = {
  async join({ c, principal, params, query: position }) {
    const arrival = { principal, position, isFeed: false, ...recoveryIn(c.req.raw) };
    const { webSocket } = await arrive(() => taskRoom(c.env, params.taskId), arrival);
    return switched(c.req.raw, webSocket);
  },
};

function recoveryIn(request: Request): { recoveryToken?: string } {
  const [token, ...others] = resumesOf(request);
  if (others.length > 0) {
    throw new RefusedRequest(refuse("invalid_request", "More than one recovery token"));
  }
  return token === undefined ? {} : { recoveryToken: readRecoveryToken(token) };
}
