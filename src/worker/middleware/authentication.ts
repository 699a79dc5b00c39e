import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../context";
import { settingsOf } from "../current-settings";
import { descentIn } from "../descent";
import { NO_CREDENTIAL } from "../identity/bearer-token";
import { identify } from "../identity/identify";
import { mayTry } from "../limits/strangers";
import { placeOf } from "../place";
import { RefusedRequest } from "../problem";

/** Lets nobody past whose identity is not proven. */
export const authentication = createMiddleware<AppEnv>(async (c, next) => {
  const now = Date.now();
  const outcome = await identify(c.req.raw, settingsOf(c.env), {
    db: c.env.DB,
    now,
    later: (work) => c.executionCtx.waitUntil(work),
    mayTry: () => mayTry(c.req.raw, c.env, { attempt: "credential", now }),
  });
  if (!outcome.ok) {
    const { refusal } = outcome;
    // RFC 6750, section 3.1: no error where no credential was tried.
    const without = refusal === NO_CREDENTIAL ? { "WWW-Authenticate": "Bearer" } : {};
    throw new RefusedRequest(refusal, { headers: without });
  }
  const near = placeOf(c.req.raw.cf);
  const { requestId } = c.var;
  const descent = descentIn(c.req.raw.headers);
  const about = { requestId, ...(near && { near }), ...(descent && { descent }) };
  c.set("principal", { ...outcome.value, ...about });
  await next();
});
