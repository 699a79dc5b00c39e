import { NotHeard } from "../../../agents/voice";
import { finishStep } from "../../../engine/step/end";
import { failStep } from "../../../engine/step/fail";
import type { Fence } from "../../../engine/step/fence";
import { waitInStep } from "../../../engine/step/go-on";
import { recordRounds } from "../../../engine/step/records";
import { recordReports } from "../../../engine/step/reports";
import type { AbortEffect, Draft } from "../../../engine/turn/draft";
import type { Room } from "../../../engine/turn/room";
import type { LogEvent } from "../../../protocol/events";
import type { StepRecord, StepReport } from "../../../resources/step";
import type { Doors } from "../doors";
import type { FailedWork } from "../failed-work";
import { stepFilesOf } from "../files/step-files";
import type { HeldRoom } from "../held-room";
import type { Audience } from "../live/audience";
import type { RoomStore } from "../store/room-store";
import { unharmed } from "../unharmed";
import { backgroundOf, type Readers } from "./background";
import { leftAtWork } from "./left-at-work";
import type { ReadBack } from "./read-back";
import { ReportFeed } from "./report-feed";
import { Runner } from "./runner";

type Rule = (draft: Draft) => void;
type Made = { before: Room | undefined; events: readonly LogEvent[] };
type Unsaid = { turnId: string; rule: Rule; said?: Saying };
type Saying = PromiseWithResolvers<void>;

type Parts = {
  doors: Doors;
  store: RoomStore;
  held: HeldRoom;
  audience: Pick<Audience, "text" | "progress" | "toolProgress">;
  failedWork: FailedWork;
  readBack: Pick<ReadBack, "ensure">;
  readers: Readers;
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
  /** What attempts came to and could not be committed, oldest first. */
  #unsaid: Unsaid[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    const { doors, store, held, audience, readBack, readers, perform, hold } = parts;
    this.#reports = new ReportFeed((fence, reports) => {
      unharmed("log_failed", held.taskId, () =>
        perform((draft) => recordReports(draft, fence, reports)),
      );
    });
    this.#runner = new Runner(doors, {
      room: () => held.known,
      hold,
      files: (turnId) => stepFilesOf(parts, { turnId, userId: held.userOf(turnId) }),
      background: async (fence) => {
        await readBack.ensure();
        return backgroundOf(held.room, store, fence, readers);
      },
      write: (writing, field, delta) => audience.text.push(writing, field, delta),
      report: (fence, report) => this.#report(fence, report),
      record: (fence, records) => this.#record(fence, records),
      finished: (report) => this.#close(report, (draft) => finishStep(draft, report)),
      failed: (fence, failure) => this.#close(fence, (draft) => failStep(draft, fence, failure)),
      waits: (fence) => this.#close(fence, (draft) => waitInStep(draft, fence)),
    });
  }

  /** Whether an attempt is at work, or its end is still to be committed. */
  isRunning(turnId: string): boolean {
    return this.#runner.isRunning(turnId) || this.#isUnsaid(turnId);
  }

  #isUnsaid(turnId: string): boolean {
    return this.#unsaid.some((one) => one.turnId === turnId);
  }

  start(fence: Fence): void {
    this.#forget(fence.turnId);
    this.#runner.start(fence);
  }

  /** `before`: the room in which the turn was still open; `events`: what has become of it. */
  abort({ turnId, another }: AbortEffect, { before, events }: Made): void {
    const isAtWork = this.#runner.hasCalled(turnId) || this.#isUnsaid(turnId);
    this.#forget(turnId);
    this.#runner.abort(turnId, { another: another === true });
    if (isAtWork || another || !before) return;
    // Its agent may be at work all the same, and there is no attempt that would tell it.
    const { doors, hold, store } = this.#parts;
    const isStopped = events.some(
      ({ type, data }) => type === "chat:cancelled" && data.turnId === turnId,
    );
    const left = leftAtWork(before, store, { turnId, isStopped });
    if (left) hold(doors.leaveStep(left));
  }

  abortAll(): void {
    for (const { turnId } of [...this.#unsaid]) this.#forget(turnId);
    this.#runner.abortAll();
  }

  /** Commits what could not be committed before; throws where that still can't be. */
  closeAgain(): void {
    for (let next = this.#unsaid[0]; next; next = this.#unsaid[0]) {
      this.#parts.perform(next.rule);
      if (this.#unsaid[0] === next) this.#unsaid.shift();
      next.said?.resolve();
    }
  }

  #forget(turnId: string): void {
    for (const one of this.#unsaid) if (one.turnId === turnId) one.said?.reject(new NotHeard());
    this.#unsaid = this.#unsaid.filter((one) => one.turnId !== turnId);
  }

  /** Records come after all that was reported; the agent waits where they can't be committed. */
  #record(fence: Fence, records: StepRecord[]): Promise<void> {
    this.#reports.flush();
    const saying = Promise.withResolvers<void>();
    this.#commit(fence.turnId, (draft) => recordRounds(draft, fence, records), saying);
    return saying.promise;
  }

  #commit(turnId: string, rule: Rule, said?: Saying): void {
    const { failedWork, perform } = this.#parts;
    const waits = this.#isUnsaid(turnId);
    try {
      if (!waits) perform(rule);
    } catch (error) {
      this.#unsaid.push({ turnId, rule, ...(said && { said }) });
      failedWork.failed("ends", error);
      return;
    }
    if (waits) this.#unsaid.push({ turnId, rule, ...(said && { said }) });
    else said?.resolve();
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
    const { audience } = this.#parts;
    audience.progress.flush();
    audience.toolProgress.flush();
    this.#reports.flush();
    this.#commit(turnId, rule);
  }
}
