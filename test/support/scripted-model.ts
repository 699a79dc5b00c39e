import type { StepOutput, StepRequest } from "../../src/resources/agent";

export const FINISH: StepOutput = {
  type: "finish",
  finishReason: "stop",
  model: "scripted",
  usage: { inputTokens: 10, outputTokens: 20, totalTokens: 30 },
};

/** An attempt whose output a test hands out piece by piece. */
export class ScriptedAttempt {
  readonly request: StepRequest;
  readonly signal: AbortSignal;
  readonly #queue: StepOutput[] = [];

  constructor(request: StepRequest, signal: AbortSignal) {
    this.request = request;
    this.signal = signal;
  }

  say(...outputs: (StepOutput | string)[]): void {
    for (const output of outputs) {
      this.#queue.push(typeof output === "string" ? { type: "text", delta: output } : output);
    }
  }

  finish(): void {
    this.say(FINISH);
  }

  async *outputs(): AsyncGenerator<StepOutput, void> {
    for (;;) {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        yield next;
        if (next.type === "finish" || next.type === "failure") return;
      }
      await oneMoment();
    }
  }
}

/** A model that does only what a test tells it to; it never looks at the abort by itself. */
export class ScriptedModel {
  readonly attempts: ScriptedAttempt[] = [];

  readonly callAgent = (request: StepRequest, signal: AbortSignal): AsyncIterable<StepOutput> => {
    const attempt = new ScriptedAttempt(request, signal);
    this.attempts.push(attempt);
    return attempt.outputs();
  };

  /** The n-th attempt (from 1), as soon as it is made. */
  async attempt(n: number): Promise<ScriptedAttempt> {
    for (;;) {
      const made = this.attempts[n - 1];
      if (made) return made;
      await oneMoment();
    }
  }
}

/** An object and a test can't wait for each other's promises: each looks again in its own context. */
function oneMoment(): Promise<void> {
  return scheduler.wait(1);
}
