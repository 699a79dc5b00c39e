import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";

/** Texts that one transaction lets go of. */
const CLEARED = 500;
/** Milliseconds after which another instance goes on with what this one has begun. */
const GO_ON_MS = 20_000;
/** Milliseconds after which the index is rid of words of what is gone: not for each task that goes. */
const PURGE_AFTER_MS = 60 * 60 * 1000;

type Around = Pick<Surroundings, "storage" | "now" | "deadlines">;

/** Lets go of what tasks that are gone have left to be searched. Until it is through, none of it is found. */
export class Clearing {
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
  }

  async tidy(): Promise<void> {
    const { storage, deadlines, now } = this.#around;
    const tables = Tables.find(storage);
    if (!tables?.shelves.hasGone()) return;
    const clear = () => storage.transactionSync(() => tables.shelves.clear(CLEARED));
    if (!clear()) {
      // Should this instance die on the way.
      await deadlines.atLatest(now() + GO_ON_MS);
      while (!clear()) await scheduler.wait(0);
    }
    storage.transactionSync(() => {
      if (tables.texts.isEmpty) tables.texts.purge();
      else tables.texts.noteResidue(now() + PURGE_AFTER_MS);
    });
    await this.#rearm(tables);
  }

  async ring(): Promise<void> {
    await this.tidy();
    const { storage, now } = this.#around;
    const tables = Tables.find(storage);
    const due = tables?.texts.residueAt();
    if (!tables || due === undefined) return;
    if (due <= now()) storage.transactionSync(() => tables.texts.purge());
    else await this.#rearm(tables);
  }

  async #rearm({ texts }: Tables): Promise<void> {
    const due = texts.residueAt();
    if (due !== undefined) await this.#around.deadlines.atLatest(due);
  }
}
