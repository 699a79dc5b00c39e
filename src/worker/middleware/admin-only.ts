import { createMiddleware } from "hono/factory";
import { hasScope } from "../../protocol/identity";
import type { AppEnv } from "../context";
import { insufficientScope } from "../problem";

/** For what concerns the whole service. */
export const adminOnly = createMiddleware<AppEnv>(async (c, next) => {
  if (!hasScope(c.var.principal, "admin")) {
    throw insufficientScope("admin", "This takes a credential with scope admin");
  }
  await next();
});
