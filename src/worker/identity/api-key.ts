import { findApiKey, type HeldApiKey, noteUse } from "../../history/api-keys";
import { describeError, logError } from "../../platform/platform-log";
import { API_KEY_PREFIX } from "../../protocol/api-keys";
import { accepted, type Outcome, refuse, refused } from "../../protocol/errors";
import { highestScope, type Principal } from "../../protocol/identity";
import { unauthorized } from "./bearer-token";

const RANDOM_BYTES = 32;

export function isApiKey(token: string): boolean {
  return token.startsWith(API_KEY_PREFIX);
}

/** A new key's text, to be shown once, and the hash that is kept of it. */
export async function mintApiKey(): Promise<{ key: string; hash: string }> {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  const key = `${API_KEY_PREFIX}${base64Url(bytes)}`;
  return { key, hash: await hashOf(key) };
}

export type KeyDoors = {
  db: D1Database;
  /** Milliseconds since 1970. */
  now: number;
  /** Lets work go on after the answer. */
  later(work: Promise<unknown>): void;
};

/** Whose key this is. The hash is looked up, so that no comparison tells how close a guess was. */
export async function principalOfKey(
  key: string,
  { db, now, later }: KeyDoors,
): Promise<Outcome<Principal>> {
  let held: HeldApiKey | undefined;
  try {
    held = await findApiKey(db, await hashOf(key));
  } catch (error) {
    logError("key_lookup_failed", { causes: describeError(error) });
    return refused(refuse("unavailable", "The API key cannot be checked right now"));
  }
  if (!held) return unauthorized("The API key is not valid");
  const expiresAt = held.expiresAt === null ? null : Date.parse(held.expiresAt);
  if (expiresAt !== null && expiresAt <= now) return unauthorized("The API key has expired");
  later(noteUse(db, held, now).catch(() => undefined));
  const { id: keyId, userId, scopes } = held;
  return accepted({ userId, keyId, expiresAt, scope: highestScope(scopes) });
}

async function hashOf(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  return base64Url(new Uint8Array(digest));
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
