import { finishStep } from "../../../engine/step/end";
import { failStep } from "../../../engine/step/fail";
import type { Fence } from "../../../engine/step/fence";
import { recordReports } from "../../../engine/step/reports";
import type { Draft } from "../../../engine/turn/draft";
import type { StepReport } from "../../../resources/step";
import type { Doors } from "../doors";
import type { FailedWork } from "../failed-work";
import type { HeldRoom } from "../held-room";
import type { Audience } from "../live/audience";
import type { RoomStore } from "../store/room-store";
import { unharmed } from "../unharmed";
import { backgroundOf } from "./background";
import { ReportFeed } from "./report-feed";
import { Runner } from "./runner";

type Rule = (draft: Draft) => void;

type Parts = {
  doors: Doors;
  store: RoomStore;
  held: HeldRoom;
  audience: Pick<Audience, "text" | "progress" | "toolProgress">;
  failedWork: FailedWork;
  /** Decides a rule and commits it. */
  perform(rule: Rule): void;
  /** Keeps the object alive while the promise is pending. */
  hold(work: Promise<void>): void;
};

/** Attempts at work, and where what they say goes: text and progress to the audience, the rest into the log. */
export class Attempts {
  readonly #parts: Parts;
  readonly #runner: Runner;
  readonly #reports: ReportFeed;
  /** Ends of attempts that could not be committed, by turn. */
  readonly #unsaid = new Map<string, Rule>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { doors, store, held, audience, perform, hold } = parts;
    this.#reports = new ReportFeed((fence, reports) => {
      unharmed("log_failed", held.taskId, () =>
        perform((draft) => recordReports(draft, fence, reports)),
      );
    });
    this.#runner = new Runner(doors, {
      room: () => held.known,
      hold,
      background: (turnId) => backgroundOf(held.room, store, turnId),
      write: (writing, field, delta) => audience.text.push(writing, field, delta),
      report: (fence, report) => this.#report(fence, report),
      finished: (report) => this.#close(report, (draft) => finishStep(draft, report)),
      failed: (fence, failure) => this.#close(fence, (draft) => failStep(draft, fence, failure)),
    });
  }

  /** Whether an attempt is at work, or its end is still to be committed. */
  isRunning(turnId: string): boolean {
    return this.#runner.isRunning(turnId) || this.#unsaid.has(turnId);
  }

  start(fence: Fence): void {
    this.#unsaid.delete(fence.turnId);
    this.#runner.start(fence);
  }

  abort(turnId: string): void {
    this.#unsaid.delete(turnId);
    this.#runner.abort(turnId);
  }

  abortAll(): void {
    this.#unsaid.clear();
    this.#runner.abortAll();
  }

  /** Commits ends that could not be committed before; throws where that still can't be. */
  closeAgain(): void {
    for (const [turnId, rule] of this.#unsaid) {
      this.#parts.perform(rule);
      this.#unsaid.delete(turnId);
    }
  }

  #report(fence: Fence, report: StepReport): void {
    const { progress, toolProgress } = this.#parts.audience;
    if (report.type === "progress") progress.push({ ...fence, ...report });
    else if (report.type === "tool-progress") toolProgress.push({ ...fence, ...report });
    else this.#reports.push(fence, report);
    // What was paid must be known before a stop may come.
    if (report.type === "usage") this.#reports.flush();
  }

  /**
   * An attempt's end comes after all that it has reported. One that cannot be committed is kept: what
   * an answer has cost is not paid again.
   */
  #close({ turnId }: Fence, rule: Rule): void {
    const { audience, failedWork, perform } = this.#parts;
    audience.progress.flush();
    audience.toolProgress.flush();
    this.#reports.flush();
    try {
      perform(rule);
    } catch (error) {
      this.#unsaid.set(turnId, rule);
      failedWork.failed("ends", error);
    }
  }
}
