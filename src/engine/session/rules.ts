import type { RetryRule } from "../../resources/specs";

const SECOND = 1000;
const HOUR = 60 * 60 * SECOND;

/** Bounds of the session rules (contract section 6). */
export const SESSION_RULES = {
  /** How long an expired session is listed and its tokens answer `session_expired`. */
  keptMs: 24 * HOUR,
  /** Rows of one user: some forty times what can be connected, so that a stranger can't grow it. */
  sessionsPerUser: 200,
  /** Live tokens of one session: ten connections and their unused parents, and some lost answers. */
  tokensPerSession: 32,
  /**
   * From a granted connection until the task's room must know its socket: an answer's way. Only for
   * rooms that do not say themselves which connections they are opening.
   */
  openingMs: 2 * SECOND,
  /** The rest after a row's own fault, so that the alarm does not spin on it. */
  faultRestMs: 60 * SECOND,
} as const;

/** A task's room that can't be reached is asked again: ten minutes in all, then it counts as silent. */
export const ROOM_RETRY: RetryRule = {
  maxAttempts: 7,
  initialMs: 10 * SECOND,
  factor: 2,
  maxMs: 300 * SECOND,
  jitter: false,
};

/**
 * Closing what was revoked or has expired is tried until the task's room has answered. The first
 * retry comes within the five seconds in which a revocation has to be felt.
 */
export const CLOSE_RETRY: RetryRule = {
  maxAttempts: Number.POSITIVE_INFINITY,
  initialMs: SECOND,
  factor: 2,
  maxMs: 300 * SECOND,
  jitter: true,
};
