import type { LogFact } from "../../protocol/events";
import { LIMITS } from "../../protocol/limits";
import type { LogEntry } from "../../protocol/log-entry";
import type { Step, Turn } from "../../protocol/turn";
import type { StepReport } from "../../resources/step";
import type { Draft } from "../turn/draft";
import { type Fence, liveStep } from "./fence";
import { spend } from "./spend";

/** What an agent reports that is kept: all but progress, which is momentary. */
export type KeptReport = Exclude<StepReport, { type: "progress" | "tool-progress" }>;
type Told = Exclude<KeptReport, { type: "usage" }>;

/** Writes an attempt's reports into the log; those of an older attempt are dropped. */
export function recordReports(draft: Draft, fence: Fence, reports: KeptReport[]): void {
  const live = liveStep(draft, fence);
  if (!live) return;
  for (const report of reports) {
    if (report.type === "usage") spend(draft, live.turn.id, live.step.step, report.usage);
    else draft.emit(factOf(draft, live, report));
  }
}

type Live = { turn: Turn; step: Step };

function factOf(draft: Draft, { step }: Live, report: Told): LogFact {
  switch (report.type) {
    case "log": {
      const { type, message, ...entry } = report;
      return logged(draft, step, { ...entry, message });
    }
    case "notify": {
      const { title, body, data } = report;
      const notification = { title, ...(body !== undefined && { body }), ...(data && { data }) };
      return logged(draft, step, { level: "info", message: title, metadata: { notification } });
    }
  }
}

function logged(
  draft: Draft,
  step: Step,
  { message, ...entry }: Omit<LogEntry, "timestamp" | "agentType">,
): LogFact {
  return {
    type: "log",
    data: {
      timestamp: draft.ts,
      agentType: step.phase,
      message: message.slice(0, LIMITS.logMessageUnits).toWellFormed(),
      ...entry,
    },
  };
}
