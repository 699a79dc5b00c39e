import type { Finished } from "../../../engine/step/end";
import type { Fence } from "../../../engine/step/fence";
import { addUsage, type Usage } from "../../../protocol/usage";
import type { StepFinish, StepReport } from "../../../resources/step";

/** What is counted of an attempt while it runs, for its message. Times are milliseconds since 1970. */
export class Account {
  readonly #now: () => number;
  readonly #startedAt: number;
  #firstTokenAt: number | undefined;
  #usage: Usage | undefined;

  constructor(now: () => number) {
    this.#now = now;
    this.#startedAt = now();
  }

  noteWords(): void {
    this.#firstTokenAt ??= this.#now();
  }

  noteReport(report: StepReport): void {
    if (report.type === "usage") this.#usage = addUsage(this.#usage, report.usage);
  }

  /** The end of an attempt with all that its message tells of its making. */
  finished(
    { turnId, step, attempt }: Fence,
    { model, finishReason, usage, truncatedContext, output, data, thoughts }: StepFinish,
  ): Finished {
    const total = addUsage(this.#usage, usage);
    return {
      ...{ turnId, step, attempt },
      ...(usage && { usage }),
      ...(output !== undefined && { output }),
      ...(data !== undefined && { data }),
      ...(thoughts && { thoughts }),
      metadata: {
        model,
        finishReason,
        durationMs: this.#now() - this.#startedAt,
        ...(total && { usage: total }),
        ...(this.#firstTokenAt !== undefined && {
          timeToFirstTokenMs: this.#firstTokenAt - this.#startedAt,
        }),
        ...(truncatedContext !== undefined && { truncatedContext }),
      },
    };
  }
}
