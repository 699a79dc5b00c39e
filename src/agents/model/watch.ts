/** A provider let one of its limits pass without a part of its answer. */
export class SilentProvider extends Error {
  readonly phase: "first byte" | "stall";

  constructor(phase: "first byte" | "stall") {
    super(`no part within the limit: ${phase}`);
    this.phase = phase;
  }
}

export type WatchLimits = {
  firstByteMs: number;
  stallMs: number;
  /** While it says so nobody owes us a part; the limit begins anew afterwards. */
  excused?: () => boolean;
};

/**
 * Judges how long we have been waiting for a part of an answer. One timer, re-armed for what is
 * left when it fires, so that a part costs a clock reading and not a timer.
 */
export class Watch {
  readonly #stallMs: number;
  readonly #excused: () => boolean;
  readonly #expire: (silence: SilentProvider) => void;
  #limitMs: number;
  #phase: "first byte" | "stall" = "first byte";
  /** When we began to wait; `undefined` while whoever reads us holds the last part. */
  #since: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limits: WatchLimits, expire: (silence: SilentProvider) => void) {
    const { firstByteMs, stallMs, excused = () => false } = limits;
    this.#limitMs = firstByteMs;
    this.#stallMs = stallMs;
    this.#excused = excused;
    this.#expire = expire;
    this.#arm(firstByteMs);
  }

  wait(): void {
    this.#since = Date.now();
  }

  heard(): void {
    this.#since = undefined;
    if (this.#phase === "stall") return;
    this.#phase = "stall";
    this.#limitMs = this.#stallMs;
    this.#arm(this.#stallMs);
  }

  stop(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }

  #arm(delayMs: number): void {
    this.stop();
    this.#timer = setTimeout(() => this.#check(), delayMs);
  }

  #check(): void {
    if (this.#excused()) this.#since = Date.now();
    const leftMs =
      this.#since === undefined ? this.#limitMs : this.#since + this.#limitMs - Date.now();
    if (leftMs > 0) this.#arm(leftMs);
    else this.#expire(new SilentProvider(this.#phase));
  }
}
