import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";

/** The issuer's keys could not be had: nothing is known of the token. */
export class KeysUnavailable extends Error {}

// Keys are fetched once per isolate and address; jose refreshes them every ten minutes.
const keySets = new Map<string, JWTVerifyGetKey>();

/** The keys behind `AUTH_JWKS_URL`. Throws `KeysUnavailable`, or jose's errors where no key fits. */
export function remoteKeys(url: string): JWTVerifyGetKey {
  const known = keySets.get(url);
  if (known) return known;
  const remote = createRemoteJWKSet(new URL(url));
  const keys: JWTVerifyGetKey = async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      throw isAboutToken(error) ? error : new KeysUnavailable("no keys", { cause: error });
    }
  };
  keySets.set(url, keys);
  return keys;
}

function isAboutToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
