import { describeError, logError } from "../../../platform/platform-log";
import type { AppContext } from "../../../worker/context";
import { once, taskRoom } from "../../../worker/rooms/ask";
import type { TurnRef } from "../ids";

/** Milliseconds after which a stop that could not be made is tried again, at most three times. */
const AGAIN_MS = [0, 500, 2000];

/** Why such a turn was stopped. */
export const READER_GONE = "the client went away";

/** Stops a turn when whoever asked for it goes away: this protocol has no other way to stop. */
export class Reader {
  readonly #c: AppContext;
  readonly #ref: TurnRef;
  readonly #gone = new AbortController();
  #isDone = false;

  constructor(c: AppContext, ref: TurnRef) {
    this.#c = c;
    this.#ref = ref;
    const { signal } = c.req.raw;
    if (signal.aborted) this.leave();
    else signal.addEventListener("abort", () => this.leave());
  }

  /** Aborted once nobody reads. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** The answer is over. */
  done(): void {
    this.#isDone = true;
  }

  leave(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#gone.abort();
    this.#c.executionCtx.waitUntil(this.#stop());
  }

  async #stop(): Promise<void> {
    const { principal } = this.#c.var;
    const { taskId, turnId } = this.#ref;
    for (const ms of AGAIN_MS) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      try {
        const room = () => taskRoom(this.#c.env, taskId);
        await once(() => room().interruptTurn(principal, turnId, READER_GONE));
        return;
      } catch (error) {
        logError("stop_failed", { taskId, turnId, causes: describeError(error) });
      }
    }
  }
}
