import { createMiddleware } from "hono/factory";
import { hasScope, type Scope } from "../../protocol/identity";
import type { AppContext, AppEnv } from "../context";
import { insufficientScope } from "../problem";

const READING = new Set(["GET", "HEAD"]);

const WORDS: Record<Scope, string> = {
  read: "This takes a credential with scope read",
  write: "The credential's scope allows reading only",
  admin: "This takes a credential with scope admin",
};

/** Lets nobody past whose credential does not allow as much. */
export function scoped(needed: Scope) {
  return createMiddleware<AppEnv>(async (c, next) => {
    mustHave(c, needed);
    await next();
  });
}

/** For what is no operation: a credential for reading is for reading there too. */
export const scopeOfMethod = createMiddleware<AppEnv>(async (c, next) => {
  mustHave(c, READING.has(c.req.method) ? "read" : "write");
  await next();
});

function mustHave(c: AppContext, needed: Scope): void {
  if (!hasScope(c.var.principal, needed)) throw insufficientScope(needed, WORDS[needed]);
}
