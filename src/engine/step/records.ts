import type { LogFact } from "../../protocol/events";
import type { JsonValue } from "../../protocol/json";
import type { StepRecord } from "../../resources/step";
import { callAt, isOver } from "../fold/rounds-fold";
import type { Draft, KeptValue } from "../turn/draft";
import { type Fence, liveStep } from "./fence";
import { keepFile, settleFiles } from "./kept-files";
import { keepResumable, noteBeginning } from "./resumable";
import { spend } from "./spend";

/** All but what is nobody's to hear, or follows from what was heard. */
type Told = Exclude<StepRecord, { type: "part" | "file" | "resumable" }>;

/** Commits what an attempt has paid for; what an older one says is dropped. */
export function recordRounds(draft: Draft, fence: Fence, records: StepRecord[]): void {
  const live = liveStep(draft, fence);
  const messageId = live?.step.messageId;
  if (!live || messageId === undefined) return;
  const { turnId, step } = fence;
  for (const record of records) {
    if (record.type === "part") {
      const { type, ...part } = record;
      draft.keepPart({ turnId, step, run: live.step.run, ...part });
      continue;
    }
    if (record.type === "file") {
      const { type, ...file } = record;
      keepFile(draft, fence, file);
      continue;
    }
    if (record.type === "resumable") {
      keepResumable(draft, live, record.memo);
      continue;
    }
    if (record.type === "tool-result" && isKnown(draft, fence, record)) continue;
    keepValues(draft, fence, record);
    if (record.type === "round") {
      noteBeginning(draft, fence);
      settleFiles(draft, fence);
      spend(draft, fence.turnId, fence.step, record.usage);
    }
    draft.emit(factOf(fence, messageId, record));
  }
}

function factOf({ turnId, step, attempt }: Fence, messageId: string, record: Told): LogFact {
  const place = { turnId, messageId, attempt };
  switch (record.type) {
    case "round": {
      const { type, memo, calls, ...round } = record;
      const shown = calls.map(({ whole, round: _, ...call }) => call);
      return { type: "chat:round", data: { ...place, ...round, calls: shown } };
    }
    case "tool-call": {
      const { type, whole, ...call } = record;
      return { type: "tool:call", data: { ...place, ...call } };
    }
    case "tool-approval": {
      const { type, whole, ...call } = record;
      return { type: "tool:approval", data: { turnId, messageId, step, ...call } };
    }
    case "tool-result": {
      const { type, whole, ...result } = record;
      return { type: "tool:result", data: { ...place, ...result } };
    }
  }
}

function keepValues(draft: Draft, { turnId, step }: Fence, record: Told): void {
  const { round } = record;
  const keep = (index: number, kind: KeptValue["kind"], value: JsonValue | undefined) => {
    if (value !== undefined) draft.keepValue({ turnId, step, round, index, kind, value });
  };
  if (record.type === "round") {
    // Where it has none, an earlier run's of the same number must not stand for it.
    draft.keepValue({ turnId, step, round, index: -1, kind: "memo", value: record.memo });
    for (const { index, whole } of record.calls) keep(index, "input", whole);
  } else if (record.type === "tool-result") keep(record.index, "output", record.whole);
}

/** The step's message is over: nothing goes on from its rounds. */
export function forgetRounds(draft: Draft, turnId: string, step: string): void {
  const { roundsFrom, ...stepRun } = draft.stepRun(turnId, step);
  if (roundsFrom !== undefined) draft.setStepRun(turnId, step, stepRun);
}

/** A call has one result. */
function isKnown(
  draft: Draft,
  { turnId }: Fence,
  { round, index }: { round: number; index: number },
): boolean {
  const call = callAt(draft.stream(turnId), round, index);
  return call !== undefined && isOver(call);
}
