import { createLocalJWKSet, errors, type JWTVerifyGetKey } from "jose";
import * as z from "zod";
import { boundedBytes } from "../../platform/bounded-bytes";
import { describeError, logError } from "../../platform/platform-log";
import { parseJson } from "../../protocol/json";

/** Milliseconds that an issuer may take to give its keys. */
const FETCH_MS = 5000;
/** Bytes of a key set: some hundred keys with their certificates. */
const MAX_BYTES = 256 * 1024;
/** Milliseconds for which keys are used without asking again. */
const FRESH_MS = 10 * 60_000;
/** Milliseconds for which they are used although the issuer cannot be reached. */
const KEPT_MS = 24 * 60 * 60_000;
/** Milliseconds between two requests to the issuer, so that made-up key names cost it nothing. */
const COOLDOWN_MS = 30_000;
/** The same where there are no keys and the last request failed: nobody gets in meanwhile. */
const RETRY_MS = 1000;

/** The issuer's keys could not be had: nothing is known of the token. */
export class KeysUnavailable extends Error {}

const keySet = z.looseObject({ keys: z.array(z.unknown()) });
/** A key that is none is passed over; the others are as good as before. */
const publicKey = z.looseObject({ kty: z.string() });

// Keys are kept per isolate and address.
const keySets = new Map<string, KeySet>();

/**
 * The keys behind `AUTH_JWKS_URL`; `now` in milliseconds since 1970. Throws `KeysUnavailable`, or
 * jose's errors where no key fits.
 */
export function remoteKeys(url: string, now: number): JWTVerifyGetKey {
  const known = keySets.get(url) ?? new KeySet(url);
  keySets.set(url, known);
  return (header, token) => known.find(header, token, now);
}

type Find = JWTVerifyGetKey;

/** An issuer's keys, as last seen. No request waits for another's: that could be cut off. */
class KeySet {
  readonly #url: string;
  #keys: Find | undefined;
  #seenAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #failure: { at: number; cause: unknown } | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  async find(header: Parameters<Find>[0], token: Parameters<Find>[1], now: number) {
    if (now - this.#seenAt > FRESH_MS) await this.#refresh(now);
    try {
      return await this.#current(now)(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw asUnavailable(error);
      // A new key, perhaps: while the issuer cannot say, nothing is known of the token.
      await this.#refresh(now);
      if (this.#failure) throw new KeysUnavailable("no keys", { cause: this.#failure.cause });
    }
    return this.#current(now)(header, token);
  }

  #current(now: number): Find {
    if (this.#keys && now - this.#seenAt <= KEPT_MS) return this.#keys;
    throw new KeysUnavailable("no keys", { cause: this.#failure?.cause });
  }

  /** Asks the issuer, unless that was done just now. A failure leaves the keys as they are. */
  async #refresh(now: number): Promise<void> {
    const since = this.#keys ? now - this.#askedAt : now - (this.#failure?.at ?? -RETRY_MS);
    if (since < (this.#keys ? COOLDOWN_MS : RETRY_MS)) return;
    this.#askedAt = now;
    try {
      this.#keys = await fetchKeys(this.#url);
      this.#seenAt = now;
      this.#failure = undefined;
    } catch (cause) {
      this.#failure = { at: now, cause };
      logError("keys_unavailable", { causes: describeError(cause) });
    }
  }
}

async function fetchKeys(url: string): Promise<Find> {
  const response = await fetch(url, {
    headers: { Accept: "application/json, application/jwk-set+json" },
    redirect: "manual",
    signal: AbortSignal.timeout(FETCH_MS),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the issuer answered ${response.status}`);
  }
  const bytes = await boundedBytes(response.body, MAX_BYTES);
  if (!bytes) throw new Error(`more than ${MAX_BYTES} bytes of keys`);
  const json = parseJson(new TextDecoder().decode(bytes));
  if (!json.ok) throw new Error(`the keys are ${json.message}`);
  const keys = keySet.parse(json.value).keys.flatMap((key) => publicKey.safeParse(key).data ?? []);
  return createLocalJWKSet({ keys });
}

function asUnavailable(error: unknown): unknown {
  const isAboutToken =
    error instanceof KeysUnavailable ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported;
  return isAboutToken ? error : new KeysUnavailable("no usable key", { cause: error });
}
