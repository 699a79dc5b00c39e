import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../context";
import { settingsOf } from "../current-settings";
import { identify } from "../identity/identify";
import { RefusedRequest } from "../problem";

/** Lets nobody past whose identity is not proven. */
export const authentication = createMiddleware<AppEnv>(async (c, next) => {
  const outcome = await identify(c.req.raw, settingsOf(c.env), {
    db: c.env.DB,
    now: Date.now(),
    later: (work) => c.executionCtx.waitUntil(work),
  });
  if (!outcome.ok) throw new RefusedRequest(outcome.refusal);
  c.set("principal", { ...outcome.value, requestId: c.var.requestId });
  await next();
});
