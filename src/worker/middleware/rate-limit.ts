import { createMiddleware } from "hono/factory";
import { LIMITS } from "../../protocol/limits";
import type { AppEnv } from "../context";
import { isWithin, tooMany } from "../limits/wall";
import { RefusedRequest } from "../problem";

// draft-ietf-httpapi-ratelimit-headers: the quota and its window in seconds.
const WINDOW_S = LIMITS.requestWindowMs / 1000;
const POLICY = `"user";q=${LIMITS.requestsPerWindow};w=${WINDOW_S}`;

/**
 * The first wall: requests per user, as the platform counts them, for each of its locations and
 * approximately. What costs money has limits of its own (turns, tokens, waiting turns, sessions).
 */
export const rateLimit = createMiddleware<AppEnv>(async (c, next) => {
  if (!(await isWithin(c.env.RATE_LIMIT, c.var.principal.userId))) {
    throw new RefusedRequest(tooMany("Too many requests"));
  }
  await next();
  c.res.headers.append("RateLimit-Policy", POLICY);
});
