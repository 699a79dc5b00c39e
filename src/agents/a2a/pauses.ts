const FIRST_MS = 250;
const LONGEST_MS = 8000;

/** Waits between two looks at what an agent does: longer each time, from the beginning once there is news. */
export class Pauses {
  #ms = FIRST_MS;

  /** Throws where `signal` is aborted meanwhile. */
  async next(signal: AbortSignal, { isNews }: { isNews: boolean }): Promise<void> {
    if (isNews) this.#ms = FIRST_MS;
    const ms = this.#ms;
    this.#ms = Math.min(2 * ms, LONGEST_MS);
    await pause(ms, signal);
  }
}

/** Throws where `signal` is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
