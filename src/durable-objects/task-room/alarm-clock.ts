import { describeError, logError } from "../../platform/platform-log";
import { alarmTime } from "../alarm-time";
import { backoffMs } from "./failed-work";

type Parts = {
  storage: Pick<DurableObjectStorage, "getAlarm" | "setAlarm" | "deleteAlarm">;
  /** Milliseconds since 1970. */
  now(): number;
  /** In [0, 1), for jitter. */
  random(): number;
  /** Keeps the object alive while the promise is pending. */
  hold(work: Promise<void>): void;
  /** The earliest of all that is due; milliseconds since 1970. */
  due(): number | undefined;
  /** Whether nothing but what is due then can be done: one that is set for earlier is worth moving. */
  sleeps(): boolean;
};

/** An alarm that is so late was lost, or is tried again later than it can be waited for. */
const LOST_AFTER_MS = 5000;
/** One that would wake a room for nothing is moved where it gains so much sleep: that is a row written. */
const WORTH_MOVING_MS = 15_000;

/**
 * The object's one alarm, kept at the earliest of all that is due. Deadlines follow from the state,
 * so nothing of them is stored; an alarm that comes too early only looks and sets the next one.
 */
export class AlarmClock {
  readonly #parts: Parts;
  #setFor: number | null = null;
  /** When it was set, where this instance did it. */
  #setAt = 0;
  /** What the last one that came was set for. */
  #cameFor: number | undefined;
  #busy = false;
  #settled: Promise<void> = Promise.resolve();
  /** How often in a row it could not be set, and whether the wait after that is on. */
  #failures = 0;
  #waits = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Learns which alarm an earlier instance had set. */
  async restore(): Promise<void> {
    this.#setFor = await this.#parts.storage.getAlarm();
  }

  /** The alarm has come, and none is set any more. Gives by how many milliseconds it is late. */
  rang(scheduledTime?: number): number | undefined {
    const due = this.#setFor ?? scheduledTime ?? null;
    this.#setFor = null;
    this.#cameFor = due ?? undefined;
    if (!this.#waits) this.#settled = Promise.resolve();
    // One that was due before it was set is not late for that.
    return due === null ? undefined : Math.max(0, this.#parts.now() - Math.max(due, this.#setAt));
  }

  /** Does what is due, and only then sets the alarm: none is set for what is just being done. */
  after(work: () => void): void {
    this.#busy = true;
    try {
      work();
    } finally {
      this.#busy = false;
      this.arm();
    }
  }

  /**
   * Sets the alarm where one is due before the one that is set; setting it is a row written. One for
   * which nothing is left to do is taken back: it would wake a room that sleeps. Never throws: where
   * it cannot be set, it is tried again after a while, which memory holds.
   */
  arm(): void {
    if (this.#busy || this.#waits) return;
    try {
      const due = this.#parts.due();
      if (due === undefined) this.#takeBack();
      // Set again for the very moment of the one that has come, it would end with that one.
      else this.#moveTo(alarmTime(due === this.#cameFor ? due + 1 : due));
    } catch (error) {
      this.#settled = Promise.reject(error);
      this.#parts.hold(this.#settled.catch(() => undefined));
      this.#wait(error);
    }
  }

  /** Resolves once the alarm is set for good; rejects where it could not be. */
  settled(): Promise<void> {
    return this.#settled;
  }

  #takeBack(): void {
    if (this.#setFor === null) return;
    this.#setFor = null;
    const taken = this.#parts.storage.deleteAlarm();
    // It comes for nothing then.
    this.#parts.hold(taken.catch(() => undefined));
  }

  #moveTo(at: number): void {
    const now = this.#parts.now();
    const set = this.#setFor;
    if (set !== null && set <= at) {
      // Not lost where it was set only now, however long it was due before that.
      const isLost = now - Math.max(set, this.#setAt) >= LOST_AFTER_MS;
      const isForNothing = at - set > WORTH_MOVING_MS && this.#parts.sleeps();
      if (!isLost && !isForNothing) return;
    }
    this.#setFor = at;
    this.#setAt = now;
    this.#settled = this.#set(at, set);
    this.#parts.hold(this.#settled.catch(() => undefined));
  }

  async #set(at: number, before: number | null): Promise<void> {
    try {
      await this.#parts.storage.setAlarm(at);
      this.#failures = 0;
    } catch (error) {
      if (this.#setFor === at) this.#setFor = before;
      this.#wait(error);
      throw error;
    }
  }

  #wait(error: unknown): void {
    if (this.#waits) return;
    this.#waits = true;
    const retryInMs = backoffMs(++this.#failures, this.#parts.random());
    logError("alarm_not_set", { retryInMs, causes: describeError(error) });
    const over = new Promise((resolve) => setTimeout(resolve, retryInMs)).then(() => {
      this.#waits = false;
      this.arm();
    });
    this.#parts.hold(over);
  }
}
