import { Hono } from "hono";
import { PRINCIPAL_HEADER, RECOVERY_HEADER } from "../../durable-objects/task-room/api";
import { refuse } from "../../protocol/errors";
import { taskId } from "../../protocol/ids";
import { joinRoom } from "../../protocol/rest/log-position";
import type { AppContext, AppEnv } from "../context";
import { resumesOf, switched } from "../handshake";
import { sameOrigin } from "../middleware/same-origin";
import { upgradeOnly } from "../middleware/upgrade-only";
import { readId } from "../path-id";
import { RefusedRequest, refusalIn } from "../problem";
import { readQuery } from "../query";
import { readRecoveryToken } from "../recovery";
import { once, taskRoom } from "../rooms/ask";

export const chat = new Hono<AppEnv>();

chat.get("/", upgradeOnly, sameOrigin, async (c) => {
  const id = readId(taskId, c.req.param("id"));
  readQuery(c.req.raw, joinRoom);
  const request = upgradeFor(c);
  const answer = await once(() => taskRoom(c.env, id).fetch(request));
  if (!answer.webSocket) throw new RefusedRequest(refusalIn(await answer.json()));
  return switched(c.req.raw, answer.webSocket);
});

/** The request as the room gets it: who calls instead of the credential, and no header of the caller's. */
function upgradeFor(c: AppContext): Request {
  const headers = new Headers({
    Upgrade: "websocket",
    [PRINCIPAL_HEADER]: encodeURIComponent(JSON.stringify(c.var.principal)),
  });
  const [token, ...others] = resumesOf(c.req.raw);
  if (others.length > 0) {
    throw new RefusedRequest(refuse("invalid_request", "More than one recovery token"));
  }
  if (token !== undefined) headers.set(RECOVERY_HEADER, readRecoveryToken(token));
  return new Request(c.req.url, { headers });
}
