import type { Finished } from "../../../engine/step/end";
import type { Fence } from "../../../engine/step/fence";
import { type Background, stepRequest } from "../../../engine/step/request";
import type { Room } from "../../../engine/turn/room";
import { describeError, logError } from "../../../platform/platform-log";
import type { ToolUse } from "../../../protocol/message";
import type {
  StepFailure,
  StepFinish,
  StepOutput,
  StepReport,
  StepRequest,
} from "../../../resources/agent";
import type { Doors } from "../doors";
import type { Writing } from "../live/live-text";

type Sinks = {
  room(): Room | undefined;
  /** What was said and done before, for an agent to go on from. */
  background(turnId: string): Promise<Background>;
  write(writing: Writing, field: "text" | "thinking", delta: string): void;
  report(fence: Fence, report: StepReport): void;
  finished(report: Finished): void;
  failed(fence: Fence, failure: StepFailure): void;
  /** Keeps the object alive while the promise is pending. */
  hold(work: Promise<void>): void;
};

type Work = Fence & { controller: AbortController };

/**
 * Carries out attempts of running steps, at most one per turn. It only reports; whether a report still counts
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
      const { turnId, step, attempt } = work;
      const taskId = this.#sinks.room()?.state.task.id;
      const causes = describeError(error);
      logError("attempt_broken", { taskId, turnId, step, attempt, causes });
    }
    // Reported already, unless something broke: no attempt may end in silence.
    this.#end(work, () => this.#sinks.failed(work, BROKEN));
  }

  async #request({ turnId, step, attempt }: Work): Promise<StepRequest | undefined> {
    const background = await this.#sinks.background(turnId);
    const room = this.#sinks.room();
    return room && stepRequest(room, { turnId, step, attempt }, background);
  }

  async #relay(work: Work, request: StepRequest, startedAt: number): Promise<void> {
    const { signal } = work.controller;
    const stream = this.#sinks.room()?.state.streams.find((item) => item.turnId === work.turnId);
    if (!stream) return;
    const { turnId, messageId, attempt } = stream;
    const account: Account = { startedAt, tools: new Map() };
    this.#doors.fault("model called");
    for await (const output of this.#doors.callAgent(request, signal)) {
      if (signal.aborted) return;
      this.#take(work, { turnId, messageId, attempt }, output, account);
    }
  }

  #take(work: Work, writing: Writing, output: StepOutput, account: Account): void {
    switch (output.type) {
      case "text":
      case "thinking":
        account.firstTokenAt ??= this.#doors.now();
        this.#sinks.write(writing, output.type, output.delta);
        this.#doors.fault("text written");
        break;
      case "finish":
        this.#doors.fault("model finished");
        this.#end(work, () =>
          this.#sinks.finished(reportOf(work, output, account, this.#doors.now())),
        );
        break;
      case "failure":
        this.#end(work, () => this.#sinks.failed(work, output));
        break;
      default:
        noteTool(account, output);
        this.#sinks.report(work, output);
    }
  }

  /** Reports the end of an attempt, unless it was aborted or another has taken its place. */
  #end(work: Work, report: () => void): void {
    if (this.#work.get(work.turnId) !== work) return;
    this.#work.delete(work.turnId);
    report();
  }
}

/** What is counted while an attempt runs; times in milliseconds since 1970. */
type Account = { startedAt: number; firstTokenAt?: number; tools: Map<string, ToolUse> };

const BROKEN: StepFailure = {
  type: "failure",
  code: "model_unavailable",
  message: "The step could not be carried out.",
  retryable: true,
};

function noteTool({ tools }: Account, report: StepReport): void {
  if (report.type === "tool-call") {
    const { toolCallId, name, input } = report;
    tools.set(toolCallId, { toolCallId, name, input });
  } else if (report.type === "tool-result") {
    const { type, ...result } = report;
    tools.set(report.toolCallId, { input: null, ...tools.get(report.toolCallId), ...result });
  }
}

function reportOf(work: Work, finish: StepFinish, account: Account, now: number): Finished {
  const { model, finishReason, usage, truncatedContext, output, data } = finish;
  const { startedAt, firstTokenAt, tools } = account;
  return {
    turnId: work.turnId,
    step: work.step,
    attempt: work.attempt,
    ...(usage && { usage }),
    ...(output !== undefined && { output }),
    ...(data !== undefined && { data }),
    metadata: {
      model,
      finishReason,
      durationMs: now - startedAt,
      ...(usage && { usage }),
      ...(tools.size > 0 && { tools: [...tools.values()] }),
      ...(firstTokenAt !== undefined && { timeToFirstTokenMs: firstTokenAt - startedAt }),
      ...(truncatedContext !== undefined && { truncatedContext }),
    },
  };
}
