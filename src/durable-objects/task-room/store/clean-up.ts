import type { Change } from "../../../engine/turn/draft";
import { roundsFrom } from "../../../engine/turn/room";
import type { Doors } from "../doors";
import type { HeldRoom } from "../held-room";
import { KEPT_MESSAGES } from "./retention";
import type { RoomStore } from "./room-store";

/** Milliseconds after which it is looked again whether somebody still goes through what there is. */
const READ_MS = 60_000;

type Parts = { doors: Pick<Doors, "now" | "settings">; store: RoomStore; held: HeldRoom };

/** When a room lets go of what it has kept long enough, or has too much of. */
export class CleanUp {
  readonly #parts: Parts;
  /** How much work goes through what there is. */
  #readers = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Lets go of nothing while `work` goes through what the room keeps, from await to await. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#readers++;
    try {
      return await work();
    } finally {
      this.#readers--;
    }
  }

  /**
   * When there is something to let go of; milliseconds since 1970. Nothing while what is due has not
   * been told to everybody: once it has, the outbox says so. Later while somebody goes through it.
   */
  get dueAt(): number | undefined {
    const { doors, store, held } = this.#parts;
    const { TURN_RETENTION_MS: retentionMs } = doors.settings;
    const oldest = held.room ? store.retention.oldest() : null;
    if (oldest === null) return undefined;
    const at = oldest + retentionMs;
    const now = doors.now();
    if (at <= now && store.untoldSince() <= now - retentionMs) return undefined;
    return this.#readers > 0 ? Math.max(at, now + READ_MS) : at;
  }

  /** Lets go of what has been kept long enough. */
  run(): void {
    const { doors, store, held } = this.#parts;
    const now = doors.now();
    const at = this.dueAt;
    if (at === undefined || at > now) return;
    const { TURN_RETENTION_MS: retentionMs } = doors.settings;
    const projected = store.cursors.toldThrough();
    const neededFrom = roundsFrom(held.room?.runs ?? {});
    store.retention.cleanUp({ now, retentionMs, projected, neededFrom });
    store.messages.recount();
  }

  /** Keeps what a commit adds within bounds. */
  after({ events, closed }: Change): void {
    // Counting reads a table through once per instance: not on the way of a message to its acknowledgement.
    if (events.some(({ type }) => type === "log")) this.#thinLog();
    if (closed.length > 0) this.thinMessages();
  }

  /** A busy room need not wait for its clean-up: what it reads through stays small, turn by turn. */
  thinMessages(): void {
    const { store } = this.#parts;
    const { messages, retention } = store;
    if (this.#readers > 0 || messages.count() < 2 * KEPT_MESSAGES) return;
    if (retention.cleanMessages(store.cursors.get("d1"))) messages.recount();
  }

  /** Thinning rewrites rows, so it waits until it is worth it. */
  #thinLog(): void {
    const { doors, store } = this.#parts;
    const keep = doors.settings.LOG_ENTRIES_KEPT;
    if (store.log.entries() <= keep * 1.25) return;
    store.log.thin(keep);
  }
}
