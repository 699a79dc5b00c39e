/** A request's end: after a time, or when its caller gives it up. Made of what every runtime has. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout>;
  readonly #giveUp = () => this.#controller.abort(this.#caller?.reason);

  constructor(ms: number, caller: AbortSignal | undefined) {
    this.#caller = caller;
    this.#timer = this.#in(ms);
    if (caller?.aborted) this.#giveUp();
    else caller?.addEventListener("abort", this.#giveUp);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Begins anew: the answer comes, and may take as long. */
  restart(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = this.#in(ms);
  }

  /** The answer is there: nothing is held any more, neither a timer nor the caller's signal. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#giveUp);
  }

  #in(ms: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#controller.abort(new Error(`no answer in ${ms} ms`)), ms);
  }
}
