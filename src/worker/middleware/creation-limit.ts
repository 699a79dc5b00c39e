import { createMiddleware } from "hono/factory";
import type { Creation } from "../../operations/operation";
import { LIMITS } from "../../protocol/limits";
import type { AppContext, AppEnv } from "../context";
import { isWithin, tooMany } from "../limits/wall";
import { RefusedRequest } from "../problem";

const WINDOW_S = LIMITS.requestWindowMs / 1000;

const MAKERS = {
  tasks: { limiter: "TASK_LIMIT", limit: LIMITS.tasksPerWindow, most: "new tasks" },
  files: { limiter: "TASK_LIMIT", limit: LIMITS.tasksPerWindow, most: "new files" },
  keys: { limiter: "GRANT_LIMIT", limit: LIMITS.grantsPerWindow, most: "new API keys" },
  webhooks: { limiter: "GRANT_LIMIT", limit: LIMITS.grantsPerWindow, most: "new webhooks" },
  trials: { limiter: "GRANT_LIMIT", limit: LIMITS.grantsPerWindow, most: "tests" },
} as const satisfies Record<Creation, object>;

/** Creations of one sort per user, counted as `rateLimit` counts requests; those that are refused count too. */
export function creationLimit(sort: Creation) {
  const { limit } = MAKERS[sort];
  return createMiddleware<AppEnv>(async (c, next) => {
    await mayCreate(c, sort);
    await next();
    c.res.headers.append("RateLimit-Policy", `"${sort}";q=${limit};w=${WINDOW_S}`);
  });
}

/** Counts one creation where only the work shows that it is one. Throws `rate_limited`. */
export async function mayCreate(c: AppContext, sort: Creation): Promise<void> {
  const { limiter, limit, most } = MAKERS[sort];
  if (await isWithin(c.env[limiter], `${sort} ${c.var.principal.userId}`)) return;
  throw new RefusedRequest(tooMany(`Too many ${most}: ${limit} in ${WINDOW_S} s are allowed`));
}
