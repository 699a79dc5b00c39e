import type { Progress } from "../../engine/progress";

/** Milliseconds between two updates of one step: an agent may send hundreds a second. */
const WINDOW_MS = 100;

/** Progress of running attempts: the first at once, then the last of each window; none is owed. */
export class ProgressFeed {
  readonly #publish: (progress: Progress) => void;
  readonly #latest = new Map<string, Progress>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(publish: (progress: Progress) => void) {
    this.#publish = publish;
  }

  push(progress: Progress): void {
    if (this.#timer === undefined) {
      this.#publish(progress);
      this.#arm();
    } else this.#latest.set(`${progress.turnId} ${progress.step}`, progress);
  }

  /** Publishes the last of each, before the step ends. */
  flush(): void {
    const all = [...this.#latest.values()];
    this.#latest.clear();
    for (const progress of all) this.#publish(progress);
  }

  #arm(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#latest.size === 0) return;
      this.flush();
      this.#arm();
    }, WINDOW_MS);
  }
}
