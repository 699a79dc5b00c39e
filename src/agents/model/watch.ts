import { type SilencePhase, Silent } from "./refusal/model-fault";

export type WatchLimits = { firstByteMs: number; stallMs: number };

/**
 * Judges how long a provider has been silent: any byte of it is life, a comment or a ping too. One
 * timer, re-armed for what is left when it fires, so that a byte costs a clock reading and not a timer.
 */
export class Watch {
  readonly #stallMs: number;
  readonly #expire: (silence: Silent) => void;
  #limitMs: number;
  #phase: SilencePhase = "first byte";
  #heardAt = Date.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ firstByteMs, stallMs }: WatchLimits, expire: (silence: Silent) => void) {
    this.#limitMs = firstByteMs;
    this.#stallMs = stallMs;
    this.#expire = expire;
    this.#arm(firstByteMs);
  }

  /** A byte has come. */
  heard(): void {
    this.#heardAt = Date.now();
    if (this.#phase === "stall") return;
    this.#phase = "stall";
    this.#limitMs = this.#stallMs;
    this.#arm(this.#stallMs);
  }

  stop(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(delayMs: number): void {
    this.stop();
    this.#timer = setTimeout(() => this.#check(), delayMs);
  }

  #check(): void {
    const leftMs = this.#heardAt + this.#limitMs - Date.now();
    // Farther than the limit is none: the clock has gone back meanwhile.
    if (leftMs > 0) this.#arm(Math.min(leftMs, this.#limitMs));
    else this.#expire(new Silent(this.#phase, this.#limitMs));
  }
}
