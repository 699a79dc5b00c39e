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

/**
 * The claims of a token that is signed, in time and for us; throws jose's errors, and
 * `KeysUnavailable`. The token's `alg` chooses between the two kinds of key, and each kind
 * verifies its own algorithms only: a public key never serves as a shared secret.
 */
export async function verifyJwt(token: string, settings: Settings, now: Date): Promise<JWTPayload> {
  const options: JWTVerifyOptions = {
    clockTolerance: 0,
    currentDate: now,
    ...(settings.AUTH_ISSUER !== undefined && { issuer: settings.AUTH_ISSUER }),
    ...(settings.AUTH_AUDIENCE !== undefined && { audience: settings.AUTH_AUDIENCE }),
  };
  const alg = algorithmOf(token);
  const { AUTH_JWT_SECRET: secret, AUTH_JWKS_URL: jwksUrl } = settings;
  if (alg === SHARED_SECRET && secret !== undefined) {
    const key = await sharedKey(secret);
    return (await jwtVerify(token, key, { ...options, algorithms: [SHARED_SECRET] })).payload;
  }
  if (alg !== SHARED_SECRET && jwksUrl !== undefined) {
    return verifyByKeySet(token, remoteKeys(jwksUrl), { ...options, algorithms: KEY_PAIR });
  }
  throw new errors.JOSEAlgNotAllowed("no key is configured for this algorithm");
}

/** The last secret that was asked for, as a key: importing it takes as long as a verification. */
let imported: { secret: string; key: CryptoKey } | undefined;

async function sharedKey(secret: string): Promise<CryptoKey> {
  if (imported?.secret === secret) return imported.key;
  const bytes = new TextEncoder().encode(secret);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes, hmac, false, ["verify"]);
  imported = { secret, key };
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
    for await (const key of error) {
      const payload = await verifyByKey(token, key, options);
      if (payload) return payload;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
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
