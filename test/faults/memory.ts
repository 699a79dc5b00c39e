import type { Stage } from "./stage";

/** Plays after which the runtime counts as warm: its code is compiled, its caches are filled. */
const WARM_AFTER = 60;
/**
 * How much more a warm runtime may hold for each play since: every play opens rooms of its own, and
 * the local runtime is slow to give back what they took.
 */
const MORE_BYTES_PER_PLAY = 2 * 2 ** 20;

export type MemoryFigures = { before: number; after: number; plays: number };

/** Watches the runtime's memory while it is not restarted. */
export class MemoryWatch {
  readonly #stage: Stage;
  #plays = 0;
  #before: number | undefined;
  #after: number | undefined;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** After a play beside which the runtime lives on. */
  look(): void {
    this.#plays++;
    if (this.#plays < WARM_AFTER || process.platform !== "linux") return;
    const now = this.#stage.memory();
    this.#before ??= now;
    this.#after = now;
  }

  get figures(): MemoryFigures | undefined {
    if (this.#before === undefined || this.#after === undefined) return undefined;
    return { before: this.#before, after: this.#after, plays: this.#plays - WARM_AFTER };
  }

  get complaints(): string[] {
    const { before = 0, after = 0, plays = 0 } = this.figures ?? {};
    const more = after - before;
    if (plays === 0 || more <= MORE_BYTES_PER_PLAY * plays) return [];
    return [`the runtime has grown by ${Math.round(more / 2 ** 20)} MB over ${plays} plays`];
  }
}
