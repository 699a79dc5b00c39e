import type { Hearing } from "../../src/agents/voice";
import type { StepEnd, StepRecord, StepReport, StepRequest } from "../../src/resources/step";
import type { StepFiles } from "../../src/resources/step-files";

/** What is heard of an attempt. */
export type Heard =
  | { type: "text" | "thinking"; delta: string }
  | StepReport
  | StepRecord
  | StepEnd;

/** A model that says what a generator yields; the last is its end. */
export function speaking(
  outputs: (request: StepRequest, signal: AbortSignal) => AsyncIterable<Heard>,
): (request: StepRequest, hearing: Hearing, signal: AbortSignal) => Promise<StepEnd | undefined> {
  return async (request, hearing, signal) => {
    for await (const one of outputs(request, signal)) {
      if (signal.aborted) return undefined;
      if (isEnd(one)) return one;
      await tell(hearing, one);
    }
    return undefined;
  };
}

function isEnd(one: Heard): one is StepEnd {
  return one.type === "finish" || one.type === "failure" || one.type === "wait";
}

const RECORDS = ["round", "file", "resumable", "tool-call", "tool-approval", "tool-result"];

function isRecord(one: Heard): one is StepRecord {
  return RECORDS.includes(one.type);
}

/** Gives a promise where the agent waits for what it says to be committed. */
function tell(hearing: Hearing, one: Exclude<Heard, StepEnd>): Promise<void> | undefined {
  if ("delta" in one) hearing.say(one.type, one.delta);
  else if (isRecord(one)) return hearing.record([one]);
  else hearing.report(one);
  return undefined;
}

export const FINISH: StepEnd = {
  type: "finish",
  finishReason: "stop",
  model: "scripted",
  usage: { inputTokens: 10, outputTokens: 20, totalTokens: 30 },
};

/** An attempt whose output a test hands out piece by piece. */
export class ScriptedAttempt {
  readonly request: StepRequest;
  readonly signal: AbortSignal;
  readonly #queue: Heard[] = [];
  readonly #jobs: ((files: StepFiles) => Promise<void>)[] = [];

  constructor(request: StepRequest, signal: AbortSignal) {
    this.request = request;
    this.signal = signal;
  }

  say(...all: (Heard | string)[]): void {
    for (const one of all) {
      this.#queue.push(typeof one === "string" ? { type: "text", delta: one } : one);
    }
  }

  finish(): void {
    this.say(FINISH);
  }

  /** Has the attempt do something with files: what it is given is of its own object. */
  async use<T>(work: (files: StepFiles) => Promise<T>): Promise<T> {
    const done: { value?: T; error?: unknown }[] = [];
    this.#jobs.push(async (files) => {
      done.push(
        await work(files).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        ),
      );
    });
    for (;;) {
      const [outcome] = done;
      if (outcome && "error" in outcome) throw outcome.error;
      if (outcome && "value" in outcome) return outcome.value as T;
      await oneMoment();
    }
  }

  async speak(hearing: Hearing, files?: StepFiles): Promise<StepEnd> {
    for (;;) {
      for (let job = this.#jobs.shift(); job && files; job = this.#jobs.shift()) await job(files);
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        if (isEnd(next)) return next;
        const committed = tell(hearing, next);
        if (committed) await committed;
      }
      await oneMoment();
    }
  }
}

/** A model that does only what a test tells it to; it never looks at the abort by itself. */
export class ScriptedModel {
  readonly attempts: ScriptedAttempt[] = [];

  readonly callAgent = (
    request: StepRequest,
    hearing: Hearing,
    signal: AbortSignal,
    files?: StepFiles,
  ): Promise<StepEnd> => {
    const attempt = new ScriptedAttempt(request, signal);
    this.attempts.push(attempt);
    return attempt.speak(hearing, files);
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
