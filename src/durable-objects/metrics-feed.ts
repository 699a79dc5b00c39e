import { inTime } from "../platform/in-time";
import type { Levels } from "../platform/levels";
import { increment, type Observation } from "../platform/metrics";
import { counted, NOTHING_COUNTED, type Tally } from "../platform/tally";

type Parts = {
  send(tally: Tally, levels: Levels): Promise<void>;
  /** What there is in the object now; told with every batch. */
  levels(): Levels;
  /** Keeps the object alive while the promise is pending. */
  hold(work: Promise<void>): void;
};

/** How long observations gather: what ends together is told together. */
const WINDOW_MS = 250;
/** A delay of so many seconds is worth a call of its own. */
const REMARKABLE_S = 1;
/** Milliseconds for which a shard may be silent before its batch counts as lost. */
const PATIENCE_MS = 5000;

/**
 * What an object counts, on its way to a shard. Best effort: kept in memory alone, told once, never
 * in the way of the work. At most one batch is on its way; further observations gather meanwhile.
 */
export class MetricsFeed {
  readonly #parts: Parts;
  #gathered: Tally = NOTHING_COUNTED;
  /** The levels that the shard was last told, as text. */
  #told = "{}";
  #isTelling = false;
  #again = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Counts what is worth no call of its own: it goes with the next. */
  note(observations: readonly Observation[]): void {
    this.#gathered = observations.reduce(counted, this.#gathered);
  }

  /** Counts, and has all that has gathered told soon. */
  tell(observations: readonly Observation[]): void {
    this.note(observations);
    this.#again = true;
    if (this.#isTelling) return;
    this.#isTelling = true;
    this.#parts.hold(this.#run());
  }

  /** Has the levels told soon, unless they are what the shard was told last. */
  tellLevels(): void {
    if (JSON.stringify(this.#parts.levels()) !== this.#told) this.tell([]);
  }

  /** Counts a delay in seconds: one that is remarkable is told soon, others go with the next. */
  delay(observation: Observation): void {
    if (observation.value >= REMARKABLE_S) this.tell([observation]);
    else this.note([observation]);
  }

  async #run(): Promise<void> {
    while (this.#again) {
      await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
      this.#again = false;
      await this.#send();
    }
    this.#isTelling = false;
  }

  async #send(): Promise<void> {
    const batch = this.#gathered;
    this.#gathered = NOTHING_COUNTED;
    try {
      const levels = this.#parts.levels();
      await inTime(PATIENCE_MS, () => this.#parts.send(batch, levels));
      this.#told = JSON.stringify(levels);
    } catch {
      // Told again it might count twice.
      this.note([increment("taskroom_metrics_dropped_total", {})]);
    }
  }
}
