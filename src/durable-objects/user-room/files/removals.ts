import type { FileBucket } from "../../../files/bucket";
import { inTime } from "../../../platform/in-time";
import { increment } from "../../../platform/metrics";
import { describeError, logError } from "../../../platform/platform-log";
import { PAUSE_MS } from "../deadlines";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";

type Around = Pick<Surroundings, "storage" | "now" | "deadlines" | "metrics" | "fault"> & {
  /** Nothing where the deployment has none (any more). */
  bucket: () => FileBucket | undefined;
};

/** Files whose bytes are removed with one call. */
const AT_ONCE = 1000;
/** Milliseconds after which the alarm goes on with what this instance began. */
const AGAIN_MS = 60_000;
/** Milliseconds that the bucket may take: others wait for it. */
const PATIENCE_MS = 30_000;

/** The end of files: their rows go first, and then, however often it takes, their bytes. */
export class Removals {
  readonly #around: Around;
  /** The call for bytes that is on its way, and the one that follows it. */
  #dropping: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Lets go of files, within a transaction: from here on nobody can read them. */
  letGo({ files, carriers, removals }: Tables, ids: readonly string[]): void {
    for (const id of ids) {
      const row = files.get(id);
      if (row?.sha256) this.#count("removed", row.size);
      files.remove(id);
      carriers.dropFile(id);
      removals.add(id);
    }
  }

  /** Does what lets go of files, and removes their bytes or has the alarm do it. */
  async after<T>(act: () => T): Promise<T> {
    const { now, deadlines, fault } = this.#around;
    // The alarm before the fact: whatever dies from here on, the work goes on.
    await deadlines.atLatest(now() + AGAIN_MS);
    const done = act();
    fault("files let go");
    try {
      await this.#drop();
    } catch (error) {
      logError("files_not_removed", { causes: describeError(error) });
      await deadlines.atLatest(now() + AGAIN_MS);
    }
    return done;
  }

  /** Rejects where the bucket can't be reached. */
  async ring(): Promise<void> {
    await this.#drop();
  }

  #count(event: "removed", bytes: number): void {
    this.#around.metrics.tell([
      increment("taskroom_files_total", { event }),
      { metric: "taskroom_file_bytes_total", labels: { event }, value: bytes },
    ]);
  }

  /**
   * One call at a time: a second one might name what the first has removed already, and come to the bucket after a
   * file was stored anew under that id. Who asks meanwhile waits for the next, which has what all of them let go.
   */
  #drop(): Promise<void> {
    if (!this.#dropping) {
      this.#dropping = this.#dropSome().finally(() => {
        this.#dropping = undefined;
      });
      return this.#dropping;
    }
    this.#next ??= this.#dropping
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#drop();
      });
    return this.#next;
  }

  async #dropSome(): Promise<void> {
    const { storage, now, deadlines } = this.#around;
    const removals = Tables.find(storage)?.removals;
    const bucket = this.#around.bucket();
    if (!removals || !bucket) return;
    const ids = removals.some(AT_ONCE);
    if (ids.length === 0) return;
    await inTime(PATIENCE_MS, () => bucket.remove(ids));
    removals.end(ids);
    if (ids.length === AT_ONCE) await deadlines.atLatest(now() + PAUSE_MS);
  }
}
