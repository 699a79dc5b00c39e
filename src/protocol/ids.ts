import * as z from "zod";

const PREFIXES = [
  "task",
  "turn",
  "msg",
  "file",
  "sess",
  "conn",
  "key",
  "hook",
  "dlv",
  "ntf",
  "req",
] as const;
type Prefix = (typeof PREFIXES)[number];

// Crockford's alphabet in lower case: no i, l, o, u.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_CHARS = 10;
const RANDOM_CHARS = 16;

/** `<prefix>_` and a ULID in lower case: 48 bits of time in milliseconds, 80 random bits. */
export function newId(prefix: Prefix, now: number): string {
  let time = "";
  for (let rest = now, i = 0; i < TIME_CHARS; i++) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  return `${prefix}_${time}${charsOf(crypto.getRandomValues(new Uint8Array(RANDOM_CHARS)))}`;
}

/** An id with another one's time; at least 16 bytes take the place of the random ones. */
export function derivedId(prefix: Prefix, of: string, bytes: Uint8Array): string {
  const time = of.slice(of.indexOf("_") + 1).slice(0, TIME_CHARS);
  return `${prefix}_${time}${charsOf(bytes.subarray(0, RANDOM_CHARS))}`;
}

/** An id of at least 26 bytes of a hash, and of no time. */
export function hashedId(prefix: Prefix, bytes: Uint8Array): string {
  return `${prefix}_${charsOf(bytes.subarray(0, TIME_CHARS + RANDOM_CHARS))}`;
}

function charsOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET.charAt(byte % 32)).join("");
}

/** The name of a room's log. */
export function newEpoch(now: number): string {
  return newId("req", now).slice(-12);
}

function idOf(prefix: Prefix) {
  return z.string().regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`), {
    error: `not a ${prefix} id`,
  });
}

export const taskId = idOf("task");
export const turnId = idOf("turn");
export const messageId = idOf("msg");
export const fileId = idOf("file");
export const sessionId = idOf("sess");
export const apiKeyId = idOf("key");
export const notificationId = idOf("ntf");
export const webhookId = idOf("hook");
export const deliveryId = idOf("dlv");
