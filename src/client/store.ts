/** A value that is replaced, never changed; who watches it hears of many changes at once. */
export class Store<Value extends object> {
  #shown: Value;
  #next: Value;
  readonly #listeners = new Set<() => void>();

  constructor(value: Value) {
    this.#shown = value;
    this.#next = value;
  }

  /** What everybody sees. */
  get shown(): Value {
    return this.#shown;
  }

  /** What will be seen after `publish`. */
  get next(): Value {
    return this.#next;
  }

  set(change: Partial<Value>): void {
    const names = Object.keys(change) as (keyof Value)[];
    if (names.some((name) => change[name] !== this.#next[name])) {
      this.#next = { ...this.#next, ...change };
    }
  }

  publish(): void {
    if (this.#next === this.#shown) return;
    this.#shown = this.#next;
    for (const listener of [...this.#listeners]) outside(listener);
  }

  subscribe(listener: () => void): () => void {
    // An own function for each subscription, so that each ends by itself.
    const own = () => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }
}

/** Who listens must not be able to break what it listens to. */
export function outside(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
