import { LIMITS } from "../../protocol/limits";

export type FrameVerdict =
  | { verdict: "pass" }
  | { verdict: "limited"; retryAfterMs: number }
  | { verdict: "close" };

/** Commands and malformed frames of one connection, counted in windows of ten seconds. */
export class FrameLimiter {
  #startedAt = 0;
  #commands = 0;
  #malformed = 0;

  command(now: number): FrameVerdict {
    this.#roll(now);
    this.#commands++;
    if (this.#commands <= LIMITS.commandsPerWindow) return { verdict: "pass" };
    if (this.#commands > LIMITS.commandsPerWindow * LIMITS.floodFactor) return { verdict: "close" };
    const retryAfterMs = this.#startedAt + LIMITS.commandWindowMs - now;
    return { verdict: "limited", retryAfterMs };
  }

  /** Whether one more malformed frame is within the allowance. */
  malformed(now: number): boolean {
    this.#roll(now);
    this.#malformed++;
    return this.#malformed <= LIMITS.malformedPerWindow;
  }

  #roll(now: number): void {
    if (now - this.#startedAt < LIMITS.commandWindowMs) return;
    this.#startedAt = now;
    this.#commands = 0;
    this.#malformed = 0;
  }
}
