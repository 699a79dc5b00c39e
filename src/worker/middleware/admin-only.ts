import { createMiddleware } from "hono/factory";
import { refuse } from "../../protocol/errors";
import { hasScope } from "../../protocol/identity";
import type { AppEnv } from "../context";
import { RefusedRequest } from "../problem";

/** For what concerns the whole service. */
export const adminOnly = createMiddleware<AppEnv>(async (c, next) => {
  if (!hasScope(c.var.principal, "admin")) {
    throw new RefusedRequest(refuse("forbidden", "This takes a credential with scope admin"));
  }
  await next();
});
