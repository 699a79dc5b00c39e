import type { JsonValue } from "../../protocol/json";
import type { AnswerMetadata, Message } from "../../protocol/message";
import type { Stream } from "../../protocol/room-state";
import type { Step, StepResult, Turn } from "../../protocol/turn";
import { addUsage, type Usage } from "../../protocol/usage";
import type { StepFinish } from "../../resources/step";
import { advance } from "../turn/advance";
import { excuseDelay } from "../turn/clock";
import type { Draft } from "../turn/draft";
import { cutResult } from "./cut-result";
import { type Fence, liveStep } from "./fence";
import { attachmentsOf } from "./kept-files";
import { isPipeline, logPhase, memberOf, phaseData } from "./phase";
import { forgetRounds } from "./records";
import { spend } from "./spend";
import { agentOf } from "./start";
import { usesBefore, usesOf } from "./tool-uses";

export type Finished = Fence & {
  metadata: AnswerMetadata;
  usage?: Usage;
  /** The result, where it is not just the text that was written. */
  output?: string;
  data?: JsonValue;
  thoughts?: StepFinish["thoughts"];
};

/** The agent is done: what it wrote becomes the message, and the turn goes on. */
export function finishStep(draft: Draft, report: Finished): void {
  const live = liveStep(draft, report);
  const stream = draft.room.state.streams.find(
    (item) => item.turnId === report.turnId && item.step === report.step,
  );
  if (!live || !stream) return;
  const { turn, step } = live;
  excuseDelay(draft, turn.id, draft.stepRun(turn.id, step.step).deadlineAt);
  spend(draft, turn.id, step.step, report.usage);
  const message = answerOf(draft, turn, stream, report);
  const { messageId, attempt } = stream;
  draft.emit({ type: "chat:done", data: { turnId: turn.id, messageId, attempt, message } });
  const result = resultOf(draft, step, report, message.content);
  forgetRounds(draft, turn.id, step.step);
  // Those that it has gone on from are over with it.
  if (step.run > 1) draft.keepRounds({ turnId: turn.id, step: step.step, rounds: [] });
  draft.keepResult({ turnId: turn.id, step: step.step, run: step.run, result });
  if (isPipeline(draft, turn.id)) {
    const cut = cutResult(result);
    draft.emit({ type: "phase:done", data: { ...phaseData(turn.id, step), result: cut } });
    logPhase(draft, step.phase, "success", `${step.phase} completed`);
  }
  advance(draft, turn.id);
}

function answerOf(draft: Draft, turn: Turn, stream: Stream, report: Finished): Message {
  const stepRun = draft.stepRun(turn.id, stream.step);
  const { text, thinking } = withoutThoughts(stream, report.thoughts);
  return {
    id: stream.messageId,
    seq: draft.nextSeq,
    taskId: turn.taskId,
    turnId: turn.id,
    threadId: turn.threadId,
    role: "assistant",
    content: text.toWellFormed(),
    ...(thinking !== "" && { thinking: thinking.toWellFormed() }),
    ...attachmentsOf(draft, stream),
    bot: agentOf(memberOf(draft, turn.id, stream.step), stepRun).bot,
    status: "complete",
    createdAt: draft.ts,
    metadata: {
      ...report.metadata,
      ...usesOf(stream, usesBefore(draft, stream)),
      ...costOf(stream, report.metadata.usage),
      attempt: stream.attempt,
    },
  };
}

/** With what its rounds cost, whichever attempt made them. */
function costOf(stream: Stream, own: Usage | undefined): AnswerMetadata {
  const usage = (stream.rounds ?? []).reduce((sum, round) => addUsage(sum, round.usage), own);
  return usage ? { usage } : {};
}

/** What was written, with the thinking that was heard as text in its place. */
function withoutThoughts({ text, thinking }: Stream, thoughts: Finished["thoughts"] = []) {
  let kept = "";
  let from = 0;
  const found: string[] = [];
  for (const [start, end] of thoughts) {
    kept += text.slice(from, start);
    found.push(text.slice(start, end));
    from = end;
  }
  return { text: kept + text.slice(from), thinking: found.join("") + thinking };
}

function resultOf(draft: Draft, step: Step, report: Finished, text: string): StepResult {
  const { startedAt = draft.context.now, tries } = draft.stepRun(report.turnId, step.step);
  const { output = text, data, usage } = report;
  return {
    status: "COMPLETED",
    output,
    ...(data !== undefined && { data }),
    attempts: tries + 1,
    durationMs: draft.context.now - startedAt,
    ...(usage && { usage }),
  };
}
