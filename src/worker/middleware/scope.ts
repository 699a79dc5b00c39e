import { createMiddleware } from "hono/factory";
import { hasScope } from "../../protocol/identity";
import type { AppEnv } from "../context";
import { insufficientScope } from "../problem";

const READING = new Set(["GET", "HEAD"]);
/** A `read` credential may join a room, and these are how a session for that is had. */
const JOINING = new Set(["/api/v1/sessions", "/api/v1/sessions/recover"]);

/** A `read` credential changes nothing; a path that is not listed here needs `write` by default. */
export const scope = createMiddleware<AppEnv>(async (c, next) => {
  const { method, path } = c.req;
  const reads = READING.has(method) || (method === "POST" && JOINING.has(path));
  if (!hasScope(c.var.principal, reads ? "read" : "write")) {
    throw insufficientScope("write", "The credential's scope allows reading only");
  }
  await next();
});
