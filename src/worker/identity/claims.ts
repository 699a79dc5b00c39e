import * as z from "zod";
import { accepted, type Outcome } from "../../protocol/errors";
import {
  highestScope,
  keepsItsName,
  type Principal,
  type Scope,
  scope,
} from "../../protocol/identity";
import { LIMITS } from "../../protocol/limits";
import { LEEWAY_S } from "./jwt";
import { invalidToken } from "./refusals";

/** The last moment that a Date can hold, in seconds since 1970 (ECMA-262). */
const MAX_SECONDS = 8_640_000_000_000;
const MAX_NAME_CHARS = 255;

/** Names the namespace of shipped resources and the actor of automatic changes: nobody's id. */
const RESERVED_USER = "system";

// A lone surrogate cannot be stored or sent, so it can't be part of who someone is.
const isText = (value: string) => value.isWellFormed();

/** Text with spaces (RFC 8693, section 4.2) or a list, as issuers differ; null stands for none. */
const scopes = z
  .union([z.string(), z.array(z.unknown())], { error: "is neither text nor a list" })
  .nullish()
  .transform(ownScopes);

/** What this service reads of a verified token (RFC 7519). Each message goes on after the claim's name. */
const claims = z.object({
  sub: z
    .string({ error: "is missing or not text" })
    .min(1, { error: "is empty" })
    .max(LIMITS.userIdChars, { error: `is longer than ${LIMITS.userIdChars} characters` })
    .refine(isText, { error: "has half a character" })
    .refine((sub) => sub !== RESERVED_USER && keepsItsName(sub), { error: "is a reserved name" }),
  exp: z
    .number({ error: "is missing or not a number" })
    .max(MAX_SECONDS, { error: "is past any calendar" }),
  iat: z.number({ error: "is not a number" }).optional(),
  // For show only: one that can't be shown is left out, not held against the caller.
  name: z.string().min(1).max(MAX_NAME_CHARS).refine(isText).optional().catch(undefined),
  scope: scopes,
  scp: scopes,
});

/**
 * Who a verified token says is calling; `now` in milliseconds since 1970. A refusal names the first
 * claim that does not hold, never its value. Expiry is judged to the millisecond.
 */
export function principalOf(payload: unknown, now: number): Outcome<Principal> {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return invalidToken(`The token's ${String(issue?.path[0] ?? "claims")} ${issue?.message}`);
  }
  const { sub, exp, iat, name, ...listed } = parsed.data;
  const expiresAt = Math.floor(exp * 1000);
  if (expiresAt <= now) return invalidToken("The token has expired: its exp has passed");
  if (iat !== undefined && iat > now / 1000 + LEEWAY_S) {
    return invalidToken("The token's iat is in the future");
  }
  const held = [...listed.scope, ...listed.scp];
  return accepted({
    userId: sub,
    ...(name !== undefined && { name }),
    // A token of an issuer that knows none of our scopes counts as one without.
    scope: held.length > 0 ? highestScope(held) : "write",
    expiresAt,
  });
}

function ownScopes(listed: string | unknown[] | null | undefined): Scope[] {
  const names = typeof listed === "string" ? listed.split(/\s+/) : (listed ?? []);
  return names.flatMap((name) => scope.safeParse(name).data ?? []);
}
