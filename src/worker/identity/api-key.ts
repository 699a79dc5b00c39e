import { findApiKey, type HeldApiKey, noteUse } from "../../history/api-keys";
import { describeError, logError } from "../../platform/platform-log";
import { Remembered } from "../../platform/remembered";
import { accepted, type Outcome, refuse, refused } from "../../protocol/errors";
import { highestScope, type Principal } from "../../protocol/identity";
import { API_KEY_PREFIX } from "../../protocol/rest/api-keys";
import { tooMany } from "../limits/wall";
import { HeldKeys } from "./held-keys";
import { mayBeKey, newKeyText } from "./key-text";
import { invalidToken } from "./refusals";

/** Keys that an isolate remembers of each sort, by their hashes. */
const REMEMBERED = 10_000;
/** Milliseconds since a key's last use for which it is looked up whoever else is behind its address. */
const PROVEN_MS = 10 * 60_000;
/** Milliseconds for which an unknown key is not looked up again. */
const UNKNOWN_MS = 10_000;

const kept = new HeldKeys();
const proven = new Remembered(REMEMBERED);
const unknown = new Remembered(REMEMBERED);

export function isApiKey(token: string): boolean {
  return token.startsWith(API_KEY_PREFIX);
}

/** A key is revoked: this isolate takes it no more, and others within seconds. */
export function forgetKey(keyId: string): void {
  kept.forget(keyId, Date.now());
}

/** A new key's text, to be shown once, and the hash that is kept of it. */
export async function mintApiKey(): Promise<{ key: string; hash: string }> {
  const key = newKeyText();
  return { key, hash: await hashOf(key) };
}

export type KeyDoors = {
  db: D1Database;
  /** Milliseconds since 1970. */
  now: number;
  /** What the caller asks for stays open: a key that was good a moment ago is looked up again. */
  isToStay: boolean;
  /** Lets work go on after the answer. */
  later(work: Promise<unknown>): void;
  /** Counts an attempt of the caller's address; false once it has had too many. */
  mayTry(): Promise<boolean>;
};

export const TOO_MANY_FAILURES = tooMany("Too many attempts without a valid credential");
const NOT_VALID = "The API key is not valid";

/**
 * Whose key this is. What cannot be a key, or was none a moment ago, is looked up nowhere. Any
 * other key counts as an attempt before it is looked up, unless it was in use lately: a flood of
 * made-up keys keeps nobody out who has been in.
 */
export async function principalOfKey(key: string, doors: KeyDoors): Promise<Outcome<Principal>> {
  const { now } = doors;
  const hash = mayBeKey(key) ? await hashOf(key) : undefined;
  const lately = hash === undefined || doors.isToStay ? undefined : kept.find(hash, now);
  if (lately) return principalOfHeld(lately, now);
  const isProven = hash !== undefined && proven.has(hash, now);
  if (!isProven && !(await doors.mayTry())) return refused(TOO_MANY_FAILURES);
  if (hash === undefined || unknown.has(hash, now)) return invalidToken(NOT_VALID);
  let held: HeldApiKey | undefined;
  try {
    // By its hash, so that no comparison tells how close a guess was.
    held = await findApiKey(doors.db, hash);
  } catch (error) {
    logError("key_lookup_failed", { causes: describeError(error) });
    return refused(refuse("unavailable", "The API key cannot be checked right now"));
  }
  if (held) {
    kept.keep(hash, held, now);
    proven.add(hash, now + PROVEN_MS);
    doors.later(noteUse(doors.db, held, now).catch(() => undefined));
    return principalOfHeld(held, now);
  }
  proven.forget(hash);
  unknown.add(hash, now + UNKNOWN_MS);
  return invalidToken(NOT_VALID);
}

function principalOfHeld(held: HeldApiKey, now: number): Outcome<Principal> {
  const expiresAt = held.expiresAt === null ? null : Date.parse(held.expiresAt);
  if (expiresAt !== null && expiresAt <= now) return invalidToken("The API key has expired");
  const { id: keyId, userId, scopes } = held;
  return accepted({ userId, keyId, expiresAt, scope: highestScope(scopes) });
}

async function hashOf(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
