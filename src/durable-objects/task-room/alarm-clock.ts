type Parts = {
  storage: DurableObjectStorage;
  /** Milliseconds since 1970. */
  now(): number;
  /** Keeps the object alive while the promise is pending. */
  hold(work: Promise<void>): void;
  /** The earliest of all that is due; milliseconds since 1970. */
  due(): number | undefined;
};

/** An alarm that is so late was lost, or is tried again later than it can be waited for. */
const LOST_AFTER_MS = 5000;

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
   * which nothing is left to do is taken back: it would wake a room that sleeps.
   */
  arm(): void {
    if (this.#busy) return;
    const due = this.#parts.due();
    if (due === undefined) {
      if (this.#setFor !== null) this.#parts.hold(this.#parts.storage.deleteAlarm());
      this.#setFor = null;
      return;
    }
    // Set again for the very moment of the one that has come, it would end with that one.
    const at = due === this.#cameFor ? due + 1 : due;
    const now = this.#parts.now();
    const set = this.#setFor;
    // Not lost where it was set only now, however long it was due before that.
    const isLost = set !== null && now - Math.max(set, this.#setAt) >= LOST_AFTER_MS;
    if (set !== null && set <= at && !isLost) return;
    this.#setFor = at;
    this.#setAt = now;
    this.#parts.hold(this.#parts.storage.setAlarm(at));
  }
}
