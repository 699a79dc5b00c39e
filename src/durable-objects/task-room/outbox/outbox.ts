import { deadlines } from "../../../engine/turn/deadlines";
import type { Room } from "../../../engine/turn/room";
import type { Projection } from "../../../history/projector";
import { increment } from "../../../platform/metrics";
import { describeError, logError } from "../../../platform/platform-log";
import type { LogEvent } from "../../../protocol/events";
import { inTime } from "../../in-time";
import type { MetricsFeed } from "../../metrics-feed";
import type { Doors, FaultPoint } from "../doors";
import { finishedMessage } from "../store/message-table";
import type { Destination, RoomStore } from "../store/room-store";
import { unharmed } from "../unharmed";

type Parts = {
  destination: Destination;
  /** Where a test build may stop: before and after the telling, and once it counts as told. */
  points: [FaultPoint, FaultPoint, FaultPoint];
  /** Tells the destination what came after a `seq`; the same again changes nothing there. */
  tell(room: Room, after: number): Promise<unknown>;
  /** Milliseconds for which the news of a turn's start waits, for the sake of the model's first words. */
  startDelayMs: number;
  doors: Doors;
  store: RoomStore;
  metrics: MetricsFeed;
  room(): Room | undefined;
  hold(work: Promise<void>): void;
  /** Asks for the alarm to be set anew. */
  rearm(): void;
  /** The destination has been told all up to a `seq`, with no turn open. */
  told(through: number): void;
};

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
/** Milliseconds for which a destination may be silent before the try counts as failed. */
const PATIENCE_MS = 60_000;

/**
 * Feeds one destination from the log, with a cursor and a backoff of its own. The cursor is kept when
 * no turn is open; until then a crash only repeats what was told, which changes nothing.
 */
export class Outbox {
  readonly #parts: Parts;
  #cursor: number | undefined;
  #flushing: Promise<void> | undefined;
  #again = false;
  #hurry: (() => void) | undefined;
  #failures = 0;
  #retryAt: number | undefined;
  /** When the oldest event was committed that is still to be told; if this instance saw it come. */
  #waitingSince: number | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Events that the destination has not been told yet. */
  get lag(): number {
    const room = this.#parts.room();
    return room ? room.state.task.headSeq - this.#position() : 0;
  }

  /** When the next try is due; milliseconds since 1970. Nothing while one is made or none has failed. */
  get retryAt(): number | undefined {
    return this.lag > 0 && !this.#flushing ? this.#retryAt : undefined;
  }

  /** Whether the last try failed. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** Whether there is something to be told, and no failure is so recent that it is to be left alone. */
  isReady(now: number): boolean {
    return this.lag > 0 && now >= (this.#retryAt ?? now);
  }

  /** Learns of what was committed now, and is to be told sooner or later. */
  hear([first]: LogEvent[], now: number): void {
    if (first?.seq === this.#position() + 1) this.#waitingSince = now;
  }

  /** Whether a commit with these events is worth a batch for D1: one when a turn starts and one when it ends. */
  static isDue(events: LogEvent[], room: Room): boolean {
    return events.some(
      (event) =>
        event.type === "task:updated" ||
        (event.type === "turn:status" && event.data.status === "PROCESSING") ||
        (event.type === "task:status" && room.state.openTurns.length === 0),
    );
  }

  /** Whether a commit with these events comes just before a model's first words. */
  static canWait(events: LogEvent[]): boolean {
    const starts = ({ type, data }: LogEvent) =>
      type === "turn:status" && (data.status === "PENDING" || data.status === "PROCESSING");
    return events.some(starts) && events.every(({ type }) => type !== "task:updated");
  }

  /** Tells what there is; resolves when that is done or the try failed. Never rejects. */
  flush(): Promise<void> {
    this.#hurry?.();
    return this.#flushAfter(Promise.resolve());
  }

  /** The same, a little later; a `flush` in the meantime takes it along. */
  flushSoon(): void {
    if (this.#flushing) {
      // What waits takes these along; what is being told goes on with them.
      this.#again = true;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#parts.startDelayMs);
    this.#hurry = () => {
      clearTimeout(timer);
      resolve();
    };
    this.#flushAfter(promise);
  }

  #flushAfter(moment: Promise<void>): Promise<void> {
    this.#again = this.#flushing !== undefined;
    this.#flushing ??= this.#run(moment).finally(() => {
      this.#flushing = undefined;
    });
    this.#parts.hold(this.#flushing);
    return this.#flushing;
  }

  async #run(moment: Promise<void>): Promise<void> {
    // Commits of the same moment go into the same batch.
    await moment;
    do {
      this.#again = false;
      if (this.lag === 0) return;
      await this.#tell();
    } while (this.#again && this.#failures === 0);
  }

  async #tell(): Promise<void> {
    const { destination, points, doors, metrics, room, rearm } = this.#parts;
    const now = room();
    if (!now) return;
    const through = now.state.task.headSeq;
    try {
      doors.fault(points[0]);
      const after = this.#position();
      await inTime(PATIENCE_MS, () => this.#parts.tell(now, after));
      doors.fault(points[1]);
      this.#failures = 0;
      this.#retryAt = undefined;
      this.#countLag(after);
      this.#advance(through);
      doors.fault(points[2]);
    } catch (error) {
      this.#failures++;
      const wait = Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), LONGEST_RETRY_MS);
      this.#retryAt = doors.now() + wait;
      const { id: taskId } = now.state.task;
      logError("outbox_failed", { taskId, destination, causes: describeError(error) });
      metrics.tell([increment("taskroom_outbox_failures_total", { destination })]);
      rearm();
    }
  }

  /** How old the oldest event was that the destination has just been told: the first after a `seq`. */
  #countLag(after: number): void {
    const { destination, doors, metrics, room, store } = this.#parts;
    unharmed("metrics_failed", room()?.state.task.id, () => {
      const oldest = this.#waitingSince ?? (room() && store.log.timeAfter(after));
      if (oldest === undefined) return;
      const value = Math.max(0, doors.now() - oldest) / 1000;
      metrics.delay({ metric: "taskroom_outbox_lag_seconds", labels: { destination }, value });
    });
  }

  #advance(through: number): void {
    const { room, told } = this.#parts;
    // The task may have been erased in the meantime.
    if (!room()) return;
    this.#cursor = through;
    this.#waitingSince = undefined;
    if (room()?.state.openTurns.length !== 0) return;
    told(through);
  }

  #position(): number {
    this.#cursor ??= this.#parts.store.cursor(this.#parts.destination);
    return this.#cursor;
  }
}

/** What D1 is told. */
export function projectionOf(store: RoomStore, room: Room, after: number): Projection {
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
