import { createMiddleware } from "hono/factory";
import { newId } from "../../protocol/ids";
import type { AppEnv } from "../context";

const HEADER = "X-Request-Id";
// Fit for a log line and a header; anything else is replaced, not refused.
const CALLERS = /^[A-Za-z0-9._-]{1,128}$/;

/** Ties an answer to its log lines: the caller's id, or a new one, is on every answer. */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  const given = c.req.header(HEADER);
  const id = given !== undefined && CALLERS.test(given) ? given : newId("req", Date.now());
  c.set("requestId", id);
  await next();
  c.res.headers.set(HEADER, id);
});
