import { Hono } from "hono";
import { joinRoom } from "../../protocol/rest/log-position";
import type { AppEnv } from "../context";
import { switched } from "../handshake";
import { sameOrigin } from "../middleware/same-origin";
import { upgradeOnly } from "../middleware/upgrade-only";
import { readQuery } from "../query";
import { arrive } from "../rooms/arrive";
import { ownHome } from "../rooms/ask";

/** The socket of a user's own room (contract section 7). */
export const userSocket = new Hono<AppEnv>();

userSocket.get("/", upgradeOnly, sameOrigin, async (c) => {
  const position = readQuery(c.req.raw, joinRoom);
  const { principal } = c.var;
  const room = () => ownHome(c);
  const { webSocket } = await arrive(room, { principal, position, isFeed: false });
  return switched(c.req.raw, webSocket);
});
