import type { PhaseUpdate, Progress } from "../../../engine/step/progress";

type Parts = {
  /** What everybody hears of it; nothing where its attempt is over. */
  eventOf: (progress: Progress) => PhaseUpdate | undefined;
  publish: (event: PhaseUpdate) => void;
};

/** Milliseconds between two updates of one step: an agent may send hundreds a second. */
const WINDOW_MS = 100;

/** Progress of running attempts: the first at once, then the last of each window; none is owed. */
export class ProgressFeed {
  readonly #parts: Parts;
  readonly #latest = new Map<string, Progress>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told: PhaseUpdate | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The last that was told, with its words, which no state holds. */
  get told(): PhaseUpdate | undefined {
    return this.#told;
  }

  push(progress: Progress): void {
    if (this.#timer === undefined) {
      this.#tell(progress);
      this.#arm();
    } else this.#latest.set(`${progress.turnId} ${progress.step}`, progress);
  }

  /** Publishes the last of each, before the step ends. */
  flush(): void {
    const all = [...this.#latest.values()];
    this.#latest.clear();
    for (const progress of all) this.#tell(progress);
  }

  #tell(progress: Progress): void {
    const event = this.#parts.eventOf(progress);
    if (!event) return;
    this.#told = event;
    this.#parts.publish(event);
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
