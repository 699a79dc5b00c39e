import * as z from "zod";
import { type Principal, type Scope, userId } from "../../protocol/identity";

/** The last moment that a Date can hold, in seconds since 1970 (ECMA-262). */
const MAX_SECONDS = 8_640_000_000_000;
const MAX_NAME_CHARS = 255;

/** Names the namespace of shipped resources and the actor of automatic changes: nobody's id. */
const RESERVED_USER = "system";

// A lone surrogate cannot be stored or sent, so it can't be part of who someone is.
const isText = (value: string) => value.isWellFormed();

/** What this service reads of a verified token (RFC 7519; `scope`: RFC 8693, section 4.2). */
const claims = z.object({
  sub: userId.refine(isText).refine((sub) => sub !== RESERVED_USER),
  exp: z.number().max(MAX_SECONDS),
  // For show only: one that can't be shown is left out, not held against the caller.
  name: z.string().min(1).max(MAX_NAME_CHARS).refine(isText).optional().catch(undefined),
  scope: z.string().transform(highestScope).optional(),
});

/** Who a verified token says is calling; undefined where it doesn't say enough. */
export function principalOf(payload: unknown): Principal | undefined {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) return undefined;
  const { sub, exp, name, scope = "write" } = parsed.data;
  return {
    userId: sub,
    ...(name !== undefined && { name }),
    scope,
    expiresAt: Math.floor(exp * 1000),
  };
}

/** A token that lists scopes, but none of ours, was issued for something else. */
function highestScope(text: string, context: z.RefinementCtx): Scope {
  const held = new Set(text.split(" "));
  for (const scope of ["admin", "write", "read"] as const) {
    if (held.has(scope)) return scope;
  }
  context.addIssue({ code: "custom", message: "no scope of this service" });
  return z.NEVER;
}
