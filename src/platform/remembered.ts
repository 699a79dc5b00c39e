/** Names that are remembered for a while in this isolate: at most so many, the oldest go first. */
export class Remembered {
  readonly #until = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** `now` in milliseconds since 1970. */
  has(name: string, now: number): boolean {
    const until = this.#until.get(name);
    if (until === undefined) return false;
    if (now < until) return true;
    this.#until.delete(name);
    return false;
  }

  /** `until` in milliseconds since 1970. */
  add(name: string, until: number): void {
    this.#until.delete(name);
    const oldest = this.#until.size >= this.#most ? this.#until.keys().next().value : undefined;
    if (oldest !== undefined) this.#until.delete(oldest);
    this.#until.set(name, until);
  }

  forget(name: string): void {
    this.#until.delete(name);
  }
}
