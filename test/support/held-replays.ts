import { vi } from "vitest";

/** Replays that wait for their sockets wait until a test lets them go on. */
export class HeldReplays {
  #waiting = Promise.withResolvers<void>();
  readonly #open = Promise.withResolvers<void>();
  #isHolding = true;

  constructor() {
    const wait = scheduler.wait.bind(scheduler);
    vi.spyOn(scheduler, "wait").mockImplementation(async (ms) => {
      this.#waiting.resolve();
      if (this.#isHolding) await this.#open.promise;
      await wait(ms);
    });
  }

  /** Resolves once a replay waits. */
  get waiting(): Promise<void> {
    return this.#waiting.promise;
  }

  goOn(): void {
    this.#isHolding = false;
    this.#open.resolve();
  }
}
