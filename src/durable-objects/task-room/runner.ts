import type { Fence } from "../../engine/fence";
import type { Room } from "../../engine/room";
import type { Finished } from "../../engine/step-end";
import { stepRequest } from "../../engine/step-request";
import type { StepFailure, StepFinish, StepOutput, StepRequest } from "../../protocol/agent";
import type { Message } from "../../protocol/message";
import type { Doors } from "./doors";
import type { Writing } from "./live-text";

type Sinks = {
  room(): Room | undefined;
  /** The thread's messages before the turn's own, oldest first. */
  history(turnId: string): Promise<Message[]>;
  write(writing: Writing, field: "text" | "thinking", delta: string): void;
  finished(report: Finished): void;
  failed(fence: Fence, failure: StepFailure): void;
  /** Keeps the object alive while the promise is pending. */
  hold(work: Promise<void>): void;
};

type Work = Fence & { controller: AbortController };

/**
 * Carries out running steps, at most one per turn. It only reports; whether a report still counts
 * is the engine's to say. Aborting is prompt: nothing of an aborted attempt is reported any more.
 */
export class Runner {
  readonly #doors: Doors;
  readonly #sinks: Sinks;
  readonly #work = new Map<string, Work>();

  constructor(doors: Doors, sinks: Sinks) {
    this.#doors = doors;
    this.#sinks = sinks;
  }

  isRunning(turnId: string): boolean {
    return this.#work.has(turnId);
  }

  start(fence: Fence): void {
    this.abort(fence.turnId);
    const work = { ...fence, controller: new AbortController() };
    this.#work.set(fence.turnId, work);
    this.#sinks.hold(this.#carryOut(work));
  }

  abort(turnId: string): void {
    this.#work.get(turnId)?.controller.abort();
    this.#work.delete(turnId);
  }

  abortAll(): void {
    for (const turnId of [...this.#work.keys()]) this.abort(turnId);
  }

  async #carryOut(work: Work): Promise<void> {
    const startedAt = this.#doors.now();
    try {
      const request = await this.#request(work);
      if (request) await this.#relay(work, request, startedAt);
    } catch (error) {
      console.error(JSON.stringify({ at: "runner", turn: work.turnId, error: String(error) }));
    }
    // Reported already, unless something broke: no attempt may end in silence.
    this.#report(work, () => this.#sinks.failed(work, BROKEN));
  }

  async #request({ turnId, step, attempt }: Work): Promise<StepRequest | undefined> {
    const history = await this.#sinks.history(turnId);
    const room = this.#sinks.room();
    return room && stepRequest(room, { turnId, step, attempt }, history);
  }

  async #relay(work: Work, request: StepRequest, startedAt: number): Promise<void> {
    const { signal } = work.controller;
    const stream = this.#sinks.room()?.state.streams.find((item) => item.turnId === work.turnId);
    if (!stream) return;
    const { turnId, messageId, attempt } = stream;
    let firstTokenAt: number | undefined;
    this.#doors.fault("model called");
    for await (const output of this.#doors.carryOut(request, signal)) {
      if (signal.aborted) return;
      if (output.type === "text" || output.type === "thinking") {
        firstTokenAt ??= this.#doors.now();
        this.#sinks.write({ turnId, messageId, attempt }, output.type, output.delta);
        this.#doors.fault("text written");
      } else this.#end(work, output, { startedAt, firstTokenAt });
    }
  }

  #end(work: Work, output: Exclude<StepOutput, { delta: string }>, times: Times): void {
    switch (output.type) {
      case "finish":
        this.#doors.fault("model finished");
        this.#report(work, () =>
          this.#sinks.finished(reportOf(work, output, times, this.#doors.now())),
        );
        break;
      case "failure":
        this.#report(work, () => this.#sinks.failed(work, output));
        break;
      case "progress":
        break;
    }
  }

  /** Reports the end of an attempt, unless it was aborted or another has taken its place. */
  #report(work: Work, report: () => void): void {
    if (this.#work.get(work.turnId) !== work) return;
    this.#work.delete(work.turnId);
    report();
  }
}

type Times = { startedAt: number; firstTokenAt: number | undefined };

const BROKEN: StepFailure = {
  type: "failure",
  code: "model_unavailable",
  message: "The step could not be carried out.",
  retryable: true,
};

function reportOf(work: Work, finish: StepFinish, times: Times, now: number): Finished {
  const { model, finishReason, usage, truncatedContext } = finish;
  const { startedAt, firstTokenAt } = times;
  return {
    turnId: work.turnId,
    step: work.step,
    attempt: work.attempt,
    ...(usage && { usage }),
    metadata: {
      model,
      finishReason,
      durationMs: now - startedAt,
      ...(usage && { usage }),
      ...(firstTokenAt !== undefined && { timeToFirstTokenMs: firstTokenAt - startedAt }),
      ...(truncatedContext !== undefined && { truncatedContext }),
    },
  };
}
