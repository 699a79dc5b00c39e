import { readMessages } from "../../../history/messages";
import { inTime } from "../../../platform/in-time";
import { describeError, logError } from "../../../platform/platform-log";
import type { LogEvent } from "../../../protocol/events";
import type { HeldRoom } from "../held-room";
import type { Feeds } from "../outbox/feeds";
import type { OwnHistory } from "../outbox/own-history";
import type { RoomStore } from "../store/room-store";
import { CONTEXT } from "./background";
import { goneAfter } from "./superseding";

/** Milliseconds that a turn waits for what the database has of its conversation. */
const PATIENCE_MS = 10_000;

type Parts = {
  store: RoomStore;
  held: Pick<HeldRoom, "room" | "taskId">;
  history: Pick<OwnHistory, "forReading">;
  feeds: Pick<Feeds, "d1">;
  /** Keeps the object alive while the promise is pending. */
  hold(work: Promise<void>): void;
};

/**
 * A room keeps its newest messages that stand; where many of them were superseded at once, older ones
 * are the newest now. They are read back from the database, so that models and states have them.
 */
export class ReadBack {
  readonly #parts: Parts;
  /** Whether the room is known to have what it needs. */
  #hasEnough = false;
  #reading: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Learns of what was committed. */
  hear(events: readonly LogEvent[]): void {
    if (!events.some(({ type }) => type === "messages:superseded")) return;
    this.#hasEnough = false;
    if (this.#isShort) this.#parts.hold(this.ensure());
  }

  /** Resolves when the room has what it needs, or the database could not give it. Never rejects. */
  async ensure(): Promise<void> {
    if (this.#hasEnough) return;
    if (!this.#isShort) {
      this.#hasEnough = true;
      return;
    }
    this.#reading ??= this.#tryToRead().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  get #isShort(): boolean {
    return this.#missing > 0;
  }

  get #missing(): number {
    const { messages, retention } = this.#parts.store;
    const from = retention.messagesFrom();
    return from === 0 ? 0 : CONTEXT.limit - messages.countStanding(from);
  }

  async #tryToRead(): Promise<void> {
    try {
      await inTime(PATIENCE_MS, () => this.#read());
    } catch (error) {
      const { taskId } = this.#parts.held;
      logError("history_unreachable", { taskId, causes: describeError(error) });
    }
  }

  async #read(): Promise<void> {
    const { store, held, history, feeds } = this.#parts;
    await feeds.d1.flush();
    const told = feeds.d1.position;
    const { taskId = "" } = held;
    const from = store.retention.messagesFrom();
    const limit = this.#missing;
    if (limit <= 0) return;
    const gone = () => {
      const { superseded, begunAnew } = goneAfter({ store }, told);
      return new Set([...superseded.keys(), ...begunAnew]);
    };
    // What a fork still copies the database does not have yet.
    const isCopying = held.room?.copying !== undefined;
    const page = await readMessages(history.forReading(), taskId, {
      ...{ beforeSeq: from, limit, bytes: CONTEXT.bytes },
      without: [...gone()],
    });
    // Meanwhile the task may have been erased, or the room let go of more.
    if (!held.room || store.retention.messagesFrom() !== from) return;
    const goneNow = gone();
    const standing = page.items.filter(({ id }) => !goneNow.has(id));
    const isWhole = !page.hasMore && !isCopying;
    store.readBack(standing, isWhole ? 0 : (page.items[0]?.seq ?? from));
    this.#hasEnough = !isCopying;
  }
}
