import { Hono } from "hono";
import { refuse } from "../../protocol/errors";
import { taskId } from "../../protocol/ids";
import { joinRoom } from "../../protocol/rest/log-position";
import type { AppEnv } from "../context";
import { resumesOf, switched } from "../handshake";
import { sameOrigin } from "../middleware/same-origin";
import { upgradeOnly } from "../middleware/upgrade-only";
import { readId } from "../path-id";
import { RefusedRequest } from "../problem";
import { readQuery } from "../query";
import { readRecoveryToken } from "../recovery";
import { arrive } from "../rooms/arrive";
import { taskRoom } from "../rooms/ask";

export const chat = new Hono<AppEnv>();

chat.get("/", upgradeOnly, sameOrigin, async (c) => {
  const id = readId(taskId, c.req.param("id"));
  const position = readQuery(c.req.raw, joinRoom);
  const { principal } = c.var;
  const recovery = recoveryIn(c.req.raw);
  const arrival = { principal, position, isFeed: false, ...recovery };
  const { webSocket } = await arrive(() => taskRoom(c.env, id), arrival);
  return switched(c.req.raw, webSocket);
});

function recoveryIn(request: Request): { recoveryToken?: string } {
  const [token, ...others] = resumesOf(request);
  if (others.length > 0) {
    throw new RefusedRequest(refuse("invalid_request", "More than one recovery token"));
  }
  return token === undefined ? {} : { recoveryToken: readRecoveryToken(token) };
}
