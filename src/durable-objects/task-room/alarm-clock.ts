import { deadlines } from "../../engine/turn/deadlines";
import { RULES } from "../../engine/turn/limits";
import { nextErasure } from "./commands/erasure";
import type { Desk } from "./desk";

/** An alarm that is so late was lost, or is tried again later than it can be waited for. */
const LOST_AFTER_MS = 5000;

/**
 * The object's one alarm, kept at the earliest of all that is due. Deadlines follow from the state,
 * so nothing of them is stored; an alarm that comes too early only looks and sets the next one.
 */
export class AlarmClock {
  readonly #storage: DurableObjectStorage;
  readonly #desk: Desk;
  #setFor: number | null = null;
  /** When it was set, where this instance did it. */
  #setAt = 0;
  /** What the last one that came was set for. */
  #cameFor: number | undefined;
  #busy = false;

  constructor(storage: DurableObjectStorage, desk: Desk) {
    this.#storage = storage;
    this.#desk = desk;
  }

  /** Learns which alarm an earlier instance had set. */
  async restore(): Promise<void> {
    this.#setFor = await this.#storage.getAlarm();
  }

  /** The alarm has come, and none is set any more. Gives by how many milliseconds it is late. */
  rang(scheduledTime?: number): number | undefined {
    const due = this.#setFor ?? scheduledTime ?? null;
    this.#setFor = null;
    this.#cameFor = due ?? undefined;
    // One that was due before it was set is not late for that.
    return due === null
      ? undefined
      : Math.max(0, this.#desk.doors.now() - Math.max(due, this.#setAt));
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
   * which nothing is left to do is taken back: it would wake a room that sleeps.
   */
  arm(): void {
    if (this.#busy) return;
    const due = this.#due();
    if (due === undefined) {
      if (this.#setFor !== null) this.#desk.hold(this.#storage.deleteAlarm());
      this.#setFor = null;
      return;
    }
    // Set again for the very moment of the one that has come, it would end with that one.
    const at = due === this.#cameFor ? due + 1 : due;
    const now = this.#desk.doors.now();
    const set = this.#setFor;
    // Not lost where it was set only now, however long it was due before that.
    const isLost = set !== null && now - Math.max(set, this.#setAt) >= LOST_AFTER_MS;
    if (set !== null && set <= at && !isLost) return;
    this.#setFor = at;
    this.#setAt = now;
    this.#desk.hold(this.#storage.setAlarm(at));
  }

  #due(): number | undefined {
    const desk = this.#desk;
    const { room, feeds, connections, doors, buriedTaskId, deletedAt } = desk;
    const check = doors.now() + RULES.checkEveryMs;
    const times: number[] = [];
    // Until all of it is erased; then nothing may wake what is left.
    if (buriedTaskId !== undefined) times.push(nextErasure(doors.now(), deletedAt ?? 0));
    if (room) {
      times.push(...deadlines(room).map(({ at, name }) => (name === "begin" ? check : at)));
      // Clean-up can wait for a turn; to find out when it is due, a new instance reads all its turns.
      const inAnyCase = room.state.openTurns.length > 0 ? check : desk.cleanUpAt;
      if (inAnyCase !== undefined) times.push(inAnyCase);
      times.push(...feeds.dueTimes(check));
    }
    const expiry = connections.nextExpiry();
    if (expiry !== undefined) times.push(expiry);
    return times.length > 0 ? Math.min(...times) : undefined;
  }
}
