import { createMiddleware } from "hono/factory";
import { describeError, logError } from "../../platform/platform-log";
import { refuse } from "../../protocol/errors";
import { LIMITS } from "../../protocol/limits";
import type { AppEnv } from "../context";
import { RefusedRequest } from "../problem";

// draft-ietf-httpapi-ratelimit-headers: the quota and its window in seconds.
const WINDOW_S = LIMITS.requestWindowMs / 1000;
const POLICY = `"user";q=${LIMITS.requestsPerWindow};w=${WINDOW_S}`;
/** The platform doesn't say when its window ends, which is a few seconds off at most locations. */
const RETRY_AFTER_MS = 10_000;

/**
 * The first wall: requests per user, as the platform counts them, for each of its locations and
 * approximately. What costs money has limits of its own (turns, tokens, waiting turns, sessions).
 */
export const rateLimit = createMiddleware<AppEnv>(async (c, next) => {
  if (!(await isWithin(c.env.RATE_LIMIT, c.var.principal.userId))) {
    const retryAfterMs = RETRY_AFTER_MS;
    throw new RefusedRequest(refuse("rate_limited", "Too many requests", { retryAfterMs }));
  }
  await next();
  c.res.headers.set("RateLimit-Policy", POLICY);
});

/** A wall that is out of order keeps nobody out. */
async function isWithin(limiter: RateLimit, key: string): Promise<boolean> {
  try {
    return (await limiter.limit({ key })).success;
  } catch (error) {
    logError("rate_limit_failed", { causes: describeError(error) });
    return true;
  }
}
