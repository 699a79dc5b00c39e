import { createMiddleware } from "hono/factory";
import { refuse } from "../../protocol/errors";
import type { AppEnv } from "../context";
import { settingsOf } from "../current-settings";
import { isAllowedOrigin } from "../origin";
import { RefusedRequest } from "../problem";

/** For sockets, which no browser guards by itself, and for what prepares one. */
export const sameOrigin = createMiddleware<AppEnv>(async (c, next) => {
  if (!isAllowedOrigin(c.req.raw, settingsOf(c.env))) {
    throw new RefusedRequest(refuse("forbidden", "This origin is not in ALLOWED_ORIGINS"));
  }
  await next();
});
