import type { Settings } from "../../platform/settings";
import { type Outcome, refuse, refused } from "../../protocol/errors";
import type { Principal } from "../../protocol/identity";
import { isApiKey, type KeyDoors, principalOfKey, TOO_MANY_FAILURES } from "./api-key";
import { bearerToken } from "./bearer-token";
import { principalOf } from "./claims";
import { verifyJwt } from "./jwt";
import { refusalOf } from "./refusals";

/**
 * Proves who calls, by JWT or API key. Never throws for anything in the request. A failure counts
 * against the caller's address; a JWT that holds is let in whatever its address has done, since to
 * check one asks nobody.
 */
export async function identify(
  request: Request,
  settings: Settings,
  doors: Omit<KeyDoors, "isToStay">,
): Promise<Outcome<Principal>> {
  if (settings.AUTH_JWT_SECRET.length === 0 && settings.AUTH_JWKS_URL === undefined) {
    return refused(refuse("auth_not_configured", "Neither a secret nor a key set is configured"));
  }
  const token = bearerToken(request);
  if (token.ok && isApiKey(token.value)) {
    return principalOfKey(token.value, { ...doors, isToStay: isToStay(request) });
  }
  const outcome = token.ok ? await principalOfJwt(token.value, settings, doors.now) : token;
  if (outcome.ok || outcome.refusal.code !== "unauthorized") return outcome;
  return (await doors.mayTry()) ? outcome : refused(TOO_MANY_FAILURES);
}

/** What is opened now stays open, so its credential must be good now. */
function isToStay({ headers }: Request): boolean {
  return headers.has("Upgrade") || (headers.get("Accept") ?? "").includes("text/event-stream");
}

async function principalOfJwt(
  token: string,
  settings: Settings,
  now: number,
): Promise<Outcome<Principal>> {
  try {
    return principalOf(await verifyJwt(token, settings, new Date(now)), now);
  } catch (error) {
    return refusalOf(error);
  }
}
