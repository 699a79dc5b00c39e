import type { Room } from "../../../engine/turn/room";
import { inTime } from "../../../platform/in-time";
import { increment } from "../../../platform/metrics";
import { describeError, logError } from "../../../platform/platform-log";
import type { LogEvent } from "../../../protocol/events";
import type { MetricsFeed } from "../../metrics-feed";
import type { Doors, FaultPoint } from "../doors";
import type { Destination } from "../store/cursors";
import type { RoomStore } from "../store/room-store";
import { unharmed } from "../unharmed";
import type { Backlog, Stretch } from "./backlog";
import { RetryWait } from "./retry-wait";

type Parts = {
  destination: Destination;
  /** Where a test build may stop: before and after the telling, and once it counts as told. */
  points: [FaultPoint, FaultPoint, FaultPoint];
  /** Tells the destination a stretch of the log; the same again changes nothing there. */
  tell(room: Room, stretch: Stretch): Promise<unknown>;
  /** Milliseconds for which the news of a turn's start waits, for the sake of the model's first words. */
  startDelayMs: number;
  doors: Doors;
  store: RoomStore;
  backlog: Backlog;
  metrics: MetricsFeed;
  room(): Room | undefined;
  hold(work: Promise<void>): void;
  /** Asks for the alarm to be set anew. */
  rearm(): void;
  /** The destination has been told all up to a `seq`, with no turn open. */
  told(through: number): void;
};

/** Milliseconds for which a destination may be silent before the try counts as failed. */
const PATIENCE_MS = 60_000;

/**
 * Feeds one destination from the log, with a cursor and a backoff of its own. The cursor is kept when
 * no turn is open, and after each stretch but the last; until then a crash only repeats what was told,
 * which changes nothing.
 */
export class Outbox {
  readonly #parts: Parts;
  readonly #wait: RetryWait;
  #cursor: number | undefined;
  #flushing: Promise<void> | undefined;
  #again = false;
  #hurry: (() => void) | undefined;
  /** Since when the destination is to be told what it has not been; if this instance saw it come to that. */
  #dueSince: number | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#wait = new RetryWait(parts);
  }

  /** Events that the destination has not been told yet. */
  get lag(): number {
    const room = this.#parts.room();
    return room ? room.state.task.headSeq - this.position : 0;
  }

  /** The last `seq` that the destination has been told. */
  get position(): number {
    this.#cursor ??= this.#parts.store.cursors.get(this.#parts.destination);
    return this.#cursor;
  }

  /** When the next try is due; milliseconds since 1970. Nothing while one is made or none has failed. */
  get retryAt(): number | undefined {
    return this.lag > 0 && !this.#flushing ? this.#wait.until : undefined;
  }

  /** Whether the last try failed. */
  get isFailing(): boolean {
    return this.#wait.isSet;
  }

  /** Whether there is something to be told, and no failure is so recent that it is to be left alone. */
  isReady(now: number): boolean {
    return this.lag > 0 && this.#wait.isOver(now);
  }

  /** From now on the destination is to be told, though it may be left alone for a while yet. */
  due(now: number): void {
    this.#dueSince ??= now;
  }

  /** Whether a commit with these events is worth a batch for D1: one when a turn starts and one when it ends, and one for a note. */
  static isDue(events: LogEvent[], room: Room): boolean {
    return events.some(
      (event) =>
        event.type === "task:updated" ||
        // No turn tells of it.
        (event.type === "chat:message" && event.data.message.note === true) ||
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
    this.#flushing ??= this.#run(moment).then((isDone) => {
      this.#flushing = undefined;
      // Only now: while a try is made, no next one is due.
      if (!isDone) this.#parts.rearm();
    });
    this.#parts.hold(this.#flushing);
    return this.#flushing;
  }

  /** Whether there was no failure. */
  async #run(moment: Promise<void>): Promise<boolean> {
    // Commits of the same moment go into the same batch.
    await moment;
    do {
      this.#again = false;
      const head = this.#parts.room()?.state.task.headSeq ?? 0;
      while (this.lag > 0 && this.position < head) if (!(await this.#tellNext())) return false;
    } while (this.#again);
    return true;
  }

  /** Tells the next stretch; whether that went well. */
  async #tellNext(): Promise<boolean> {
    const { points, doors, room, backlog } = this.#parts;
    const now = room();
    if (!now) return true;
    // What becomes due from here on is not in this stretch.
    const due = this.#dueSince;
    this.#dueSince = undefined;
    try {
      const after = this.position;
      const { headSeq } = now.state.task;
      const stretch = backlog.next(after, headSeq);
      doors.fault(points[0]);
      await inTime(PATIENCE_MS, () => this.#parts.tell(now, stretch));
      doors.fault(points[1]);
      this.#countLag(after, due);
      const isLast = stretch.through >= headSeq;
      if (!isLast) this.#dueSince = due;
      this.#advance(stretch.through, isLast);
      doors.fault(points[2]);
      return true;
    } catch (error) {
      this.#dueSince = due ?? this.#dueSince;
      this.#fail(error, now);
      return false;
    }
  }

  #fail(error: unknown, { state }: Room): void {
    const { destination, metrics } = this.#parts;
    logError("outbox_failed", {
      taskId: state.task.id,
      destination,
      causes: describeError(error),
    });
    metrics.tell([increment("taskroom_outbox_failures_total", { destination })]);
    // The task may have been erased in the meantime, with all that it kept.
    unharmed("outbox_wait_lost", state.task.id, () => this.#wait.lengthen(this.position));
  }

  /**
   * How late the destination has just heard. What another instance left may have been told before, and
   * is late for certain only where that failed: then since the first event after a `seq`.
   */
  #countLag(after: number, due: number | undefined): void {
    const { destination, doors, metrics, room, store } = this.#parts;
    unharmed("metrics_failed", room()?.state.task.id, () => {
      const since = due ?? (room() && this.isFailing ? store.log.timeAfter(after) : undefined);
      if (since === undefined) return;
      const value = Math.max(0, doors.now() - since) / 1000;
      metrics.delay({ metric: "taskroom_outbox_lag_seconds", labels: { destination }, value });
    });
  }

  /** Destinations take what a crash makes them hear again, so the last stretch's cursor can wait. */
  #advance(through: number, isLast: boolean): void {
    const { destination, room, store, told } = this.#parts;
    // The task may have been erased in the meantime.
    if (!room()) return;
    this.#cursor = through;
    this.#wait.end(through);
    if (!isLast) store.cursors.put(destination, through);
    else if (room()?.state.openTurns.length === 0) told(through);
  }
}
