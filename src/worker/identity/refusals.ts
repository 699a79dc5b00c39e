import { errors } from "jose";
import { describeError, logError } from "../../platform/platform-log";
import { type Outcome, refuse, refused } from "../../protocol/errors";
import { KeysUnavailable } from "./signing-keys";

/** A credential that proves nothing; the words name what failed, never a value. */
export function invalidToken(message: string): Outcome<never> {
  return refused(refuse("unauthorized", message));
}

/** Why a token's check threw: the token's fault, or that the issuer cannot be asked. */
export function refusalOf(error: unknown): Outcome<never> {
  if (error instanceof KeysUnavailable) {
    return refused(refuse("unavailable", "The issuer's keys cannot be had"));
  }
  // What the platform's cryptography makes of an impossible key or signature is no token's proof either.
  if (!(error instanceof errors.JOSEError)) {
    logError("token_check_failed", { causes: describeError(error) });
  }
  return invalidToken(whyInvalid(error));
}

function whyInvalid(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "The token has expired: its exp has passed";
  if (error instanceof errors.JWTClaimValidationFailed) return whyClaimFailed(error);
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return "The token's alg is none that a configured key verifies";
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return "The token's signature does not fit";
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return "The token's kid and alg fit no key of the issuer";
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) {
    return "The token is no signed JWT (RFC 7519)";
  }
  return "The token's header or signature cannot be used";
}

/** What is wrong with the claims that are checked while the signature is. */
const CHECK_FAILED = new Map([
  ["iss", "is not AUTH_ISSUER"],
  ["aud", "does not name AUTH_AUDIENCE"],
  ["nbf", "is in the future"],
]);

function whyClaimFailed({ claim, reason }: errors.JWTClaimValidationFailed): string {
  if (reason === "missing") return `The token's ${claim} is missing`;
  const why = reason === "check_failed" ? CHECK_FAILED.get(claim) : undefined;
  return `The token's ${claim} ${why ?? "is not valid"}`;
}
