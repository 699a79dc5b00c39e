import type { Bound } from "./mailbox-rules";

/** The waits between attempts, as multiples of the first (5 s by default); the last one repeats. */
const WAITS = [1, 6, 24, 120, 720];
const LONGEST_WAIT_MS = 60 * 60 * 1000;

const MIB = 1024 * 1024;

/**
 * What waits for one endpoint of tasks that others made; past it the oldest has failed. With bounds of its
 * own, so that no stranger's tasks have the webhook paused, nor take the place of what the user's own say.
 */
export const WAITING_BOUNDS = {
  /** Of all tasks that one other user made. */
  inviter: { rows: 1000, bytes: 4 * MIB },
  /** Of all tasks that somebody else made. */
  invited: { rows: 4000, bytes: 16 * MIB },
} as const satisfies Record<string, Bound>;

/** What an attempt came to; `status` is absent where no answer came. */
export type Answer = { status?: number | undefined };

export type Attempted = {
  /** With this one. */
  attempts: number;
  giveUpAt: number;
  now: number;
  initialMs: number;
};

export type Verdict =
  | { outcome: "delivered" }
  | { outcome: "again"; at: number }
  /** `gone`: the receiver says that it wants nothing any more. */
  | { outcome: "failed"; gone: boolean };

/** What becomes of a delivery after an attempt (contract section 9). Redirects are not followed. */
export function verdictOn({ status }: Answer, attempt: Attempted): Verdict {
  if (status !== undefined && status >= 200 && status < 300) return { outcome: "delivered" };
  if (status === 410) return { outcome: "failed", gone: true };
  const at = attempt.now + waitAfter(attempt.attempts, attempt.initialMs);
  // The last attempt is made when the time is up, not left out because a wait would pass it.
  if (attempt.now >= attempt.giveUpAt) return { outcome: "failed", gone: false };
  return { outcome: "again", at: Math.min(at, attempt.giveUpAt) };
}

/** Milliseconds to wait after so many failed attempts. */
export function waitAfter(attempts: number, initialMs: number): number {
  const factor = WAITS[Math.min(attempts, WAITS.length) - 1] ?? 1;
  return Math.min(initialMs * factor, Math.max(LONGEST_WAIT_MS, initialMs));
}
