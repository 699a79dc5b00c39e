import { Hono } from "hono";
import { PRINCIPAL_HEADER } from "../../durable-objects/task-room/api";
import { joinRoom } from "../../protocol/rest/log-position";
import type { AppEnv } from "../context";
import { switched } from "../handshake";
import { sameOrigin } from "../middleware/same-origin";
import { upgradeOnly } from "../middleware/upgrade-only";
import { RefusedRequest, refusalIn } from "../problem";
import { readQuery } from "../query";
import { once, userRoom } from "../rooms/ask";

/** The socket of a user's own room (contract section 7). */
export const userSocket = new Hono<AppEnv>();

userSocket.get("/", upgradeOnly, sameOrigin, async (c) => {
  readQuery(c.req.raw, joinRoom);
  const { principal } = c.var;
  // Who calls instead of the credential, and no header of the caller's.
  const headers = new Headers({
    Upgrade: "websocket",
    [PRINCIPAL_HEADER]: encodeURIComponent(JSON.stringify(principal)),
  });
  const request = new Request(c.req.url, { headers });
  const answer = await once(() => userRoom(c.env, principal.userId).fetch(request));
  if (!answer.webSocket) throw new RefusedRequest(refusalIn(await answer.json()));
  return switched(c.req.raw, answer.webSocket);
});
