import { errors } from "jose";
import { describeError, logError } from "../../platform/platform-log";
import type { Settings } from "../../platform/settings";
import { accepted, type Outcome, refuse, refused } from "../../protocol/errors";
import type { Principal } from "../../protocol/identity";
import { isApiKey, type KeyDoors, principalOfKey } from "./api-key";
import { bearerToken, unauthorized } from "./bearer-token";
import { principalOf } from "./claims";
import { verifyJwt } from "./jwt";
import { KeysUnavailable } from "./signing-keys";

/** Proves who calls, by JWT or API key. Never throws for anything in the request. */
export async function identify(
  request: Request,
  settings: Settings,
  doors: KeyDoors,
): Promise<Outcome<Principal>> {
  const { now } = doors;
  if (settings.AUTH_JWT_SECRET === undefined && settings.AUTH_JWKS_URL === undefined) {
    return refused(refuse("auth_not_configured", "Neither a secret nor a key set is configured"));
  }
  const token = bearerToken(request);
  if (!token.ok) return token;
  if (isApiKey(token.value)) return principalOfKey(token.value, doors);
  try {
    const principal = principalOf(await verifyJwt(token.value, settings, new Date(now)));
    if (!principal) return unauthorized("The token's claims are not valid");
    // To the millisecond, where the library compares whole seconds.
    return isOver(principal, now) ? unauthorized(EXPIRED) : accepted(principal);
  } catch (error) {
    return refusalOf(error);
  }
}

const EXPIRED = "The token has expired";

function isOver({ expiresAt }: Principal, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

function refusalOf(error: unknown): Outcome<never> {
  if (error instanceof KeysUnavailable) {
    logError("keys_unavailable", { causes: describeError(error) });
    return refused(refuse("unavailable", "The issuer's keys cannot be reached"));
  }
  // What the platform's cryptography makes of an impossible key or signature is no token's proof either.
  if (!(error instanceof errors.JOSEError)) {
    logError("token_check_failed", { causes: describeError(error) });
  }
  return unauthorized(error instanceof errors.JWTExpired ? EXPIRED : "The token is not valid");
}
