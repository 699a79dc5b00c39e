import type { RetryRule } from "../../resources/specs";

/**
 * Milliseconds to wait before the next attempt, after `tries` failed ones: initial × factor^(n−1),
 * at most `maxMs`; with jitter between half of that and all of it. Never shorter than what the
 * provider asked for (`Retry-After`).
 */
export function retryDelay(
  rule: RetryRule,
  tries: number,
  random: number,
  retryAfterMs = 0,
): number {
  const full = Math.min(rule.maxMs, rule.initialMs * rule.factor ** (tries - 1));
  const wait = rule.jitter ? full * (0.5 + random / 2) : full;
  return Math.round(Math.max(wait, retryAfterMs));
}
