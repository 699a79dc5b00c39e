import { createMiddleware } from "hono/factory";
import { refuse } from "../../protocol/errors";
import type { AppEnv } from "../context";
import { RefusedRequest } from "../problem";
import { isUpgrade } from "../upgrade";

/** The path is a WebSocket's: says so to whoever asks for it otherwise. */
export const upgradeOnly = createMiddleware<AppEnv>(async (c, next) => {
  if (isUpgrade(c.req.raw)) return next();
  const refusal = refuse("invalid_request", "This path takes WebSocket upgrades");
  throw new RefusedRequest(refusal, { headers: { Upgrade: "websocket" } });
});
