/** What a client opens: it is watched until it is closed. */
type Open<Snapshot> = {
  subscribe(listener: () => void): () => void;
  getSnapshot(): Snapshot;
  close(): void;
};

/**
 * What components share: opened for the first that needs it, closed after the last. Never opened by
 * rendering, so not on a server; and not closed by who leaves and comes back at once, as everything does
 * in StrictMode.
 */
export class Held<Snapshot, Opened extends Open<Snapshot>, Options = undefined> {
  readonly #open: (options?: Options) => Opened;
  readonly #idle: Snapshot;
  #opened: Opened | undefined;
  #given: Options | undefined;
  #holders = 0;

  /** `idle` is shown while nothing is open. */
  constructor(idle: Snapshot, open: (options?: Options) => Opened) {
    this.#idle = idle;
    this.#open = open;
  }

  readonly getSnapshot = (): Snapshot => this.#opened?.getSnapshot() ?? this.#idle;

  readonly getServerSnapshot = (): Snapshot => this.#idle;

  /** What is open, if anything is. */
  get opened(): Opened | undefined {
    return this.#opened;
  }

  /** What is done keeps it open until it is over, whoever leaves meanwhile. */
  during<Result>(work: (opened: Opened) => Promise<Result>): Promise<Result> {
    const { opened, release } = this.hold();
    const result = work(opened);
    result.then(release, release);
    return result;
  }

  /** What is opened is opened with these, whoever needs it first; until they are taken back. */
  give(options: Options): () => void {
    this.#given = options;
    return () => {
      if (this.#given === options) this.#given = undefined;
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    const { opened, release } = this.hold();
    const unsubscribe = opened.subscribe(listener);
    return () => {
      unsubscribe();
      release();
    };
  };

  /** Open until it is released. */
  hold(): { opened: Opened; release: () => void } {
    const opened = this.#opened ?? this.#open(this.#given);
    this.#opened = opened;
    this.#holders += 1;
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holders -= 1;
      if (this.#holders === 0) setTimeout(this.#closeIfLeft);
    };
    return { opened, release };
  }

  readonly #closeIfLeft = (): void => {
    if (this.#holders > 0) return;
    this.#opened?.close();
    this.#opened = undefined;
  };
}
