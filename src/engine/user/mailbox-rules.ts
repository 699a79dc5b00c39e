import { LIMITS } from "../../protocol/limits";
import type { NotificationDraft } from "../../protocol/user-events";

const KIB = 1024;
const MIB = 1024 * KIB;

export type Bound = { rows: number; bytes: number };

/**
 * What is kept for one user; past it the oldest goes. What others invited the user to has bounds of
 * its own, so that no stranger's tasks push out what the user's own have to say, nor one inviter's
 * those of another.
 */
export const MAILBOX_BOUNDS = {
  /** Notifications of the user's own tasks. */
  own: { rows: 2000, bytes: 8 * MIB },
  /** Of all tasks that somebody else made. */
  invited: { rows: 1000, bytes: 4 * MIB },
  /** Of all tasks that one other user made. */
  inviter: { rows: 300, bytes: MIB },
  /** Events that a device can go on from; one that was away for longer starts from the state. */
  log: { rows: 5000, bytes: 8 * MIB },
  /** Tasks of which it is known how far they were heard. */
  heardOwn: 20_000,
  heardInvited: 2000,
} as const satisfies Record<string, Bound | number>;

export function isPast(kept: Bound, most: Bound): boolean {
  return kept.rows > most.rows || kept.bytes > most.bytes;
}

/** A notification in the bytes that it may have: what it carries as data goes first, then its words. */
export function fitted(told: NotificationDraft): NotificationDraft {
  if (bytesOf(told) <= LIMITS.notificationBytes) return told;
  const { data, body = "", ...rest } = told;
  let words = body;
  while (words && bytesOf({ ...rest, body: words }) > LIMITS.notificationBytes) {
    words = words.slice(0, words.length >> 1).toWellFormed();
  }
  return { ...rest, ...(words && { body: words }) };
}

/** UTF-8 bytes of a value's JSON. */
export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).byteLength;
}
