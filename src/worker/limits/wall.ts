import { describeError, logError } from "../../platform/platform-log";
import { type Refusal, refuse } from "../../protocol/errors";

/** The platform doesn't say when its window ends, which is a few seconds off at most locations. */
export const RETRY_AFTER_MS = 10_000;

/** Counts one more for `key`, and says whether that is within the limit. A wall that is out of order keeps nobody out. */
export async function isWithin(limiter: RateLimit, key: string): Promise<boolean> {
  try {
    return (await limiter.limit({ key })).success;
  } catch (error) {
    logError("rate_limit_failed", { causes: describeError(error) });
    return true;
  }
}

export function tooMany(message: string): Refusal {
  return refuse("rate_limited", message, { retryAfterMs: RETRY_AFTER_MS });
}
