import type { Stage } from "./stage";

/** Plays after which the runtime counts as warm: its code is compiled, its caches are filled. */
const WARM_AFTER = 60;
/** How much more a warm runtime may hold at the end: rooms that have not been evicted yet. */
const MORE_BYTES = 192 * 2 ** 20;

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

  get figures(): { before: number; after: number } | undefined {
    if (this.#before === undefined || this.#after === undefined) return undefined;
    return { before: this.#before, after: this.#after };
  }

  get complaints(): string[] {
    const { before = 0, after = 0 } = this.figures ?? {};
    const more = after - before;
    return more > MORE_BYTES ? [`the runtime has grown by ${Math.round(more / 2 ** 20)} MB`] : [];
  }
}
