import { inTime } from "../../../platform/in-time";
import type { Doors } from "../doors";
import type { HeldRoom } from "../held-room";
import type { RoomStore } from "../store/room-store";

/** Milliseconds that the database may take for one piece of work. */
const PATIENCE_MS = 60_000;

type Parts = {
  doors: Pick<Doors, "histories" | "settings" | "now" | "random">;
  store: Pick<RoomStore, "historyName" | "putHistoryName">;
  held: Pick<HeldRoom, "room">;
};

/**
 * The database that has this task's history. It is chosen before the first row is written there, kept in
 * the room's own storage, and never changes.
 */
export class OwnHistory {
  readonly #parts: Parts;
  #choosing: Promise<string> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Where older messages are read. Throws where it is not bound. */
  forReading(): D1Database {
    const { doors, store } = this.#parts;
    return doors.histories.find(store.historyName);
  }

  /** All that may have rows of the task. Throws where one is not bound. */
  forErasing(): D1Database[] {
    const { doors, store } = this.#parts;
    return doors.histories.having(store.historyName);
  }

  /**
   * Writes the task while nobody else of its room does. Rejects where the database is not bound, does not
   * answer in time, or the task was erased meanwhile.
   */
  async write<T>(work: (database: D1Database) => Promise<T>): Promise<T> {
    const before = this.#writing;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writing = promise;
    try {
      await before;
      return await inTime(PATIENCE_MS, async () => work(await this.#forWriting()));
    } finally {
      resolve();
    }
  }

  async #forWriting(): Promise<D1Database> {
    if (this.#parts.store.historyName === "") await this.#choose();
    return this.forReading();
  }

  /** Two that write at once choose once. */
  async #choose(): Promise<void> {
    const { doors, store, held } = this.#parts;
    this.#choosing ??= doors.histories.choose({
      now: doors.now(),
      capacity: doors.settings.HISTORY_SHARD_BYTES,
      random: doors.random(),
      userId: held.room?.state.task.createdBy ?? "",
    });
    const name = await this.#choosing;
    // What is erased leaves its tombstones where it was known to be.
    if (!held.room) throw new Error("The task was erased.");
    if (store.historyName === "") store.putHistoryName(name);
  }
}
