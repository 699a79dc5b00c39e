import { describeError, logError } from "../platform/platform-log";
import { refuse } from "../protocol/errors";
import type { AppContext } from "./context";
import { RefusedRequest } from "./problem";

/** The platform doesn't say when its window ends. */
const RETRY_AFTER_MS = 60_000;
const TOO_MANY = refuse("rate_limited", "Too many invitations", { retryAfterMs: RETRY_AFTER_MS });

/**
 * Counts invitations to tasks, which cost others something, against a lower limit than other
 * requests; throws `rate_limited` past it. As the platform counts: per location and approximately.
 */
export async function mayInvite({ env, var: { principal } }: AppContext, count: number) {
  for (let n = 0; n < count; n++) {
    if (!(await isWithin(env.INVITE_LIMIT, principal.userId))) throw new RefusedRequest(TOO_MANY);
  }
}

/** A wall that is out of order keeps nobody out. */
async function isWithin(limiter: RateLimit, key: string): Promise<boolean> {
  try {
    return (await limiter.limit({ key })).success;
  } catch (error) {
    logError("invite_limit_failed", { causes: describeError(error) });
    return true;
  }
}
