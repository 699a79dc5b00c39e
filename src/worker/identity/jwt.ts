import {
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import type { Settings } from "../../platform/settings";
import { remoteKeys } from "./signing-keys";

const SHARED_SECRET = "HS256";
const KEY_PAIR = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/** Seconds by which an issuer's clock may be ahead of ours; of no account for `exp` (contract section 11). */
export const LEEWAY_S = 30;

/**
 * The claims of a token that is signed, begun and for us; throws jose's errors, and
 * `KeysUnavailable`. Whether it has expired is the caller's to check. The token's `alg` chooses
 * between the two kinds of key, and each kind verifies its own algorithms only: a public key never
 * serves as a shared secret.
 */
export async function verifyJwt(token: string, settings: Settings, now: Date): Promise<JWTPayload> {
  const options: JWTVerifyOptions = {
    clockTolerance: LEEWAY_S,
    currentDate: now,
    ...(settings.AUTH_ISSUER !== undefined && { issuer: settings.AUTH_ISSUER }),
    ...(settings.AUTH_AUDIENCE !== undefined && { audience: settings.AUTH_AUDIENCE }),
  };
  const alg = algorithmOf(token);
  const { AUTH_JWT_SECRET: secrets, AUTH_JWKS_URL: jwksUrl } = settings;
  if (alg === SHARED_SECRET && secrets.length > 0) {
    const keys = await Promise.all(secrets.map(sharedKey));
    return verifyByAny(token, keys, { ...options, algorithms: [SHARED_SECRET] });
  }
  if (alg !== SHARED_SECRET && jwksUrl !== undefined) {
    const keys = remoteKeys(jwksUrl, now.getTime());
    return verifyByKeySet(token, keys, { ...options, algorithms: KEY_PAIR });
  }
  throw new errors.JOSEAlgNotAllowed("no key is configured for this algorithm");
}

/** Secrets as keys: importing one takes as long as a verification. */
const imported = new Map<string, CryptoKey>();
/** More than any rotation has at a time. */
const IMPORTED = 8;

async function sharedKey(secret: string): Promise<CryptoKey> {
  const known = imported.get(secret);
  if (known) return known;
  const bytes = new TextEncoder().encode(secret);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes, hmac, false, ["verify"]);
  if (imported.size >= IMPORTED) imported.clear();
  imported.set(secret, key);
  return key;
}

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch (cause) {
    throw new errors.JWTInvalid("no header", { cause });
  }
}

async function verifyByKeySet(
  token: string,
  keys: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    // A token may leave out which key signed it (RFC 7515, section 4.1.4).
    return verifyByAny(token, error, options);
  }
}

/** The claims, by the first key that signed them. */
async function verifyByAny(
  token: string,
  keys: Iterable<CryptoKey> | AsyncIterable<CryptoKey>,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  for await (const key of keys) {
    const payload = await verifyByKey(token, key, options);
    if (payload) return payload;
  }
  throw new errors.JWSSignatureVerificationFailed();
}

async function verifyByKey(
  token: string,
  key: CryptoKey,
  options: JWTVerifyOptions,
): Promise<JWTPayload | undefined> {
  try {
    return (await jwtVerify(token, key, options)).payload;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return undefined;
    throw error;
  }
}
