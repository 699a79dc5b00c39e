type Parts<Said, Event> = {
  /** What each is the progress of: of one thing only the last is told. */
  keyOf: (said: Said) => string;
  /** What everybody hears of it; nothing where its attempt is over. */
  eventOf: (said: Said) => Event | undefined;
  publish: (event: Event) => void;
};

/** Milliseconds between two updates of one step: an agent may send hundreds a second. */
const WINDOW_MS = 100;

/** Progress of running attempts: the first at once, then the last of each window; none is owed. */
export class ProgressFeed<Said, Event> {
  readonly #parts: Parts<Said, Event>;
  readonly #latest = new Map<string, Said>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told: Event | undefined;

  constructor(parts: Parts<Said, Event>) {
    this.#parts = parts;
  }

  /** The last that was told, with its words, which no state holds. */
  get told(): Event | undefined {
    return this.#told;
  }

  push(said: Said): void {
    if (this.#timer === undefined) {
      this.#tell(said);
      this.#arm();
    } else this.#latest.set(this.#parts.keyOf(said), said);
  }

  /** Publishes the last of each, before the step ends. */
  flush(): void {
    const all = [...this.#latest.values()];
    this.#latest.clear();
    for (const said of all) this.#tell(said);
  }

  #tell(said: Said): void {
    const event = this.#parts.eventOf(said);
    if (!event) return;
    this.#told = event;
    this.#parts.publish(event);
  }

  #arm(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#latest.size === 0) return;
      this.flush();
      this.#arm();
    }, WINDOW_MS);
  }
}
