import { Timer } from "../connection/timer";

/** A request's end: after a time, or when its caller gives it up. Made of what every runtime has. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #timer = new Timer();
  readonly #giveUp = () => this.#controller.abort(this.#caller?.reason);

  constructor(ms: number, caller?: AbortSignal) {
    this.#caller = caller;
    this.restart(ms);
    if (caller?.aborted) this.#giveUp();
    else caller?.addEventListener("abort", this.#giveUp);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Begins anew: the answer comes, and may take as long. */
  restart(ms: number): void {
    this.#timer.start(ms, () => this.#controller.abort(new Error(`no answer in ${ms} ms`)));
  }

  /** The answer is there: nothing is held any more, neither a timer nor the caller's signal. */
  stop(): void {
    this.#timer.stop();
    this.#caller?.removeEventListener("abort", this.#giveUp);
  }
}

/** The signal's own reason, where it comes before what is waited for. */
export function unlessGivenUp<Value>(
  wanted: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (!signal) return wanted;
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp);
    wanted.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  });
}
