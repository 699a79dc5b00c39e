import { deadlines } from "../../engine/deadlines";
import type { Room } from "../../engine/room";
import { type Projection, project } from "../../history/projector";
import type { LogEvent } from "../../protocol/events";
import type { Doors } from "./doors";
import { finishedMessage } from "./message-table";
import type { RoomStore } from "./room-store";

type Parts = {
  doors: Doors;
  store: RoomStore;
  room(): Room | undefined;
  hold(work: Promise<void>): void;
  /** Asks for the alarm to be set anew. */
  rearm(): void;
};

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Feeds D1 from the log: at most one batch when a turn starts and one when it ends. The cursor is
 * written when no turn is open; until then a crash only repeats a batch, which changes nothing.
 */
export class Outbox {
  readonly #parts: Parts;
  #cursor: number | undefined;
  #flushing: Promise<void> | undefined;
  #again = false;
  #failures = 0;
  #retryAt: number | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Events that D1 has not been told yet. */
  get lag(): number {
    const room = this.#parts.room();
    return room ? room.state.task.headSeq - this.#position() : 0;
  }

  /** When the next try is due; milliseconds since 1970. Nothing while one is made or none has failed. */
  get retryAt(): number | undefined {
    return this.lag > 0 && !this.#flushing ? this.#retryAt : undefined;
  }

  /** Whether D1 has something to be told, and no failure is so recent that it is to be left alone. */
  isReady(now: number): boolean {
    return this.lag > 0 && now >= (this.#retryAt ?? now);
  }

  /** Whether a commit with these events is worth a batch now. */
  static isDue(events: LogEvent[], room: Room): boolean {
    return events.some(
      (event) =>
        event.type === "task:updated" ||
        (event.type === "turn:status" && event.data.status === "PROCESSING") ||
        (event.type === "task:status" && room.state.openTurns.length === 0),
    );
  }

  /** Projects what there is; resolves when D1 has it or the try failed. Never rejects. */
  flush(): Promise<void> {
    this.#again = this.#flushing !== undefined;
    this.#flushing ??= this.#run().finally(() => {
      this.#flushing = undefined;
    });
    this.#parts.hold(this.#flushing);
    return this.#flushing;
  }

  async #run(): Promise<void> {
    // Commits of the same moment go into the same batch.
    await Promise.resolve();
    do {
      this.#again = false;
      if (this.lag === 0) return;
      await this.#project();
    } while (this.#again && this.#failures === 0);
  }

  async #project(): Promise<void> {
    const { doors, store, room, rearm } = this.#parts;
    const now = room();
    if (!now) return;
    const through = now.state.task.headSeq;
    try {
      doors.fault("before D1");
      await project(doors.db, projectionOf(store, now, this.#position()));
      doors.fault("after D1");
      this.#failures = 0;
      this.#retryAt = undefined;
      this.#advance(through);
      doors.fault("cursor marked");
    } catch (error) {
      this.#failures++;
      const wait = Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), LONGEST_RETRY_MS);
      this.#retryAt = doors.now() + wait;
      console.error(
        JSON.stringify({ at: "outbox", task: now.state.task.id, error: String(error) }),
      );
      rearm();
    }
  }

  #advance(through: number): void {
    const { store, room } = this.#parts;
    // The task may have been erased while D1 was writing.
    if (!room()) return;
    this.#cursor = through;
    if (room()?.state.openTurns.length === 0) store.putCursor("d1", through);
  }

  #position(): number {
    this.#cursor ??= this.#parts.store.cursor("d1");
    return this.#cursor;
  }
}

function projectionOf(store: RoomStore, room: Room, after: number): Projection {
  const { task } = room.state;
  const events = [...store.log.after(after)].flat();
  const messages = new Map(
    events.flatMap((event) => {
      const message = finishedMessage(event);
      return message ? [[message.id, message] as const] : [];
    }),
  );
  const superseded = events.flatMap((event) =>
    event.type === "chat:start" && event.data.attempt > 1 ? [event.data.messageId] : [],
  );
  const wakeAt = Math.min(...deadlines(room).map(({ at }) => at));
  return {
    task,
    members: Object.entries(room.members).map(([userId, role]) => ({ userId, role })),
    throughSeq: task.headSeq,
    messages: [...messages.values()],
    removedMessageIds: superseded,
    wakeAt: Number.isFinite(wakeAt) ? wakeAt : null,
  };
}
