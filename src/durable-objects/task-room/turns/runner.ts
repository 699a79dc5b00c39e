import { AnotherFollows } from "../../../agents/agent";
import { NotHeard } from "../../../agents/voice";
import type { Finished } from "../../../engine/step/end";
import type { Fence } from "../../../engine/step/fence";
import { type Background, stepRequest } from "../../../engine/step/request";
import type { Room } from "../../../engine/turn/room";
import { describeError, logError } from "../../../platform/platform-log";
import type {
  StepEnd,
  StepFailure,
  StepRecord,
  StepReport,
  StepRequest,
} from "../../../resources/step";
import type { StepFiles } from "../../../resources/step-files";
import type { Doors } from "../doors";
import type { Writing } from "../live/live-text";
import { Account } from "./account";

type Sinks = {
  room(): Room | undefined;
  /** What was said and done before, for an agent to go on from. */
  background(fence: Fence): Promise<Background>;
  /** What the work on a turn may do with files. */
  files(turnId: string): StepFiles;
  write(writing: Writing, field: "text" | "thinking", delta: string): void;
  report(fence: Fence, report: StepReport): void;
  /** Resolves once the records are committed. */
  record(fence: Fence, records: StepRecord[]): Promise<void>;
  finished(report: Finished): void;
  failed(fence: Fence, failure: StepFailure): void;
  waits(fence: Fence): void;
  /** Keeps the object alive while the promise is pending. */
  hold(work: Promise<void>): void;
};

/** `isCalled`: the agent has the attempt, and tells whoever works for it elsewhere where it is aborted. */
type Work = Fence & { controller: AbortController; isCalled: boolean };

/**
 * Carries out attempts of running steps, at most one per turn. It only reports; whether a report still
 * counts is the engine's to say. Aborting is prompt: nothing of an aborted attempt is reported any more.
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

  hasCalled(turnId: string): boolean {
    return this.#work.get(turnId)?.isCalled === true;
  }

  start(fence: Fence): void {
    this.abort(fence.turnId, { another: true });
    const work = { ...fence, controller: new AbortController(), isCalled: false };
    this.#work.set(fence.turnId, work);
    this.#sinks.hold(this.#carryOut(work));
  }

  /** `another`: another attempt of the same run follows. */
  abort(turnId: string, { another = false } = {}): void {
    this.#work.get(turnId)?.controller.abort(another ? new AnotherFollows() : undefined);
    this.#work.delete(turnId);
  }

  abortAll(): void {
    for (const turnId of [...this.#work.keys()]) this.abort(turnId);
  }

  async #carryOut(work: Work): Promise<void> {
    const account = new Account(this.#doors.now);
    try {
      const request = await this.#request(work);
      const end = request && (await this.#call(work, request, account));
      if (end) this.#end(work, end, account);
    } catch (error) {
      const { turnId, step, attempt } = work;
      const taskId = this.#sinks.room()?.state.task.id;
      const causes = describeError(error);
      logError("attempt_broken", { taskId, turnId, step, attempt, causes });
    }
    // Reported already, unless something broke: no attempt may end in silence.
    this.#end(work, BROKEN, account);
  }

  async #request({ turnId, step, attempt }: Work): Promise<StepRequest | undefined> {
    const background = await this.#sinks.background({ turnId, step, attempt });
    const room = this.#sinks.room();
    return room && stepRequest(room, { turnId, step, attempt }, background);
  }

  async #call(work: Work, request: StepRequest, account: Account): Promise<StepEnd | undefined> {
    const { signal } = work.controller;
    const stream = this.#sinks.room()?.state.streams.find((item) => item.turnId === work.turnId);
    // What it needed took time, in which nobody may have come to want it any more.
    if (!stream || signal.aborted) return undefined;
    const { turnId, messageId, attempt } = stream;
    const writing = { turnId, messageId, attempt };
    this.#doors.fault("model called");
    work.isCalled = true;
    return this.#doors.callAgent(
      request,
      {
        say: (kind, delta) => {
          if (signal.aborted) return;
          account.noteWords();
          this.#sinks.write(writing, kind, delta);
          this.#doors.fault("text written");
        },
        report: (report) => {
          if (signal.aborted) return;
          account.noteReport(report);
          this.#sinks.report(work, report);
        },
        record: async (records) => {
          if (signal.aborted) throw new NotHeard();
          const what = momentOf(records);
          this.#doors.fault(`before ${what}`);
          await this.#sinks.record(work, records);
          this.#doors.fault(`after ${what}`);
        },
      },
      signal,
      this.#sinks.files(turnId),
    );
  }

  /** Reports the end of an attempt, unless it was aborted or another has taken its place. */
  #end(work: Work, end: StepEnd, account: Account): void {
    if (this.#work.get(work.turnId) !== work) return;
    if (end.type === "finish") this.#doors.fault("model finished");
    this.#work.delete(work.turnId);
    if (end.type === "finish") this.#sinks.finished(account.finished(work, end));
    else if (end.type === "wait") this.#wait(work);
    else this.#sinks.failed(work, end);
  }

  #wait(work: Work): void {
    this.#doors.fault("before waiting");
    this.#sinks.waits(work);
    this.#doors.fault("after waiting");
  }
}

type Moment = "round" | "resumable" | "file" | "calls" | "result";

function momentOf(records: StepRecord[]): Moment {
  if (records.some(({ type }) => type === "resumable")) return "resumable";
  if (records.some(({ type }) => type === "round")) return "round";
  if (records.every(({ type }) => type === "file")) return "file";
  const isResult = ({ type }: StepRecord) => type === "tool-result" || type === "file";
  return records.every(isResult) ? "result" : "calls";
}

const BROKEN: StepFailure = {
  type: "failure",
  code: "model_unavailable",
  message: "The step could not be carried out.",
  retryable: true,
};
