import type { Failure } from "../../protocol/errors";
import type { Message, MessageStatus } from "../../protocol/message";
import type { Stream } from "../../protocol/room-state";
import type { Step, StepResult, Turn } from "../../protocol/turn";
import { stepOf } from "../step/fence";
import { attachmentsOf } from "../step/kept-files";
import { isPipeline, logPhase, phaseData } from "../step/phase";
import { forgetRounds } from "../step/records";
import { usesBefore, usesOf } from "../step/tool-uses";
import type { Draft } from "./draft";

/** A step fails for good, and everyone hears of it, with what it had written kept. */
export function endStep(draft: Draft, turn: Turn, step: Step, error: Failure): void {
  const result = failedResult(draft, turn.id, step, error);
  draft.keepResult({ turnId: turn.id, step: step.step, run: step.run, result });
  keepRounds(draft, turn);
  forgetRounds(draft, turn.id, step.step);
  sayFinalError(draft, turn, step, error);
  if (isPipeline(draft, turn.id)) {
    draft.emit({ type: "phase:error", data: { ...phaseData(turn.id, step), error, result } });
  }
  logPhase(draft, step.phase, "error", `${step.phase} failed: ${error.message}`, error);
}

/** The last that is said of a failing step, or of a turn that fails before it has begun. */
export function sayFinalError(
  draft: Draft,
  turn: Turn,
  step: Step | undefined,
  error: Failure,
): void {
  const messageId = step?.messageId;
  const stream = draft.stream(turn.id);
  draft.emit({
    type: "chat:error",
    data: {
      turnId: turn.id,
      ...(messageId && { messageId }),
      // The wire counts attempts from 1; one that was never made has no number of its own.
      attempt: Math.max(1, ...turn.steps.map(({ attempt }) => attempt)),
      ...(step && step.attempt > 0 && { attempt: step.attempt }),
      ...error,
      retryable: false,
      partial: stream ? partialMessage(draft, stream, "failed") : null,
    },
  });
}

/** Who tries again goes on from the rounds that were made. */
export function keepRounds(draft: Draft, turn: Turn): void {
  const { step, rounds } = draft.stream(turn.id) ?? {};
  if (step === undefined || !rounds) return;
  const { run = 1 } = stepOf(turn, step) ?? {};
  // By its run a call's key is the same for ever, however many runs begin and come to nothing.
  const made = rounds.map((round) => ({ run, ...round }));
  draft.keepRounds({ turnId: turn.id, step, rounds: made });
}

/** What an attempt had written when it ended early; `null` where it had written nothing. */
export function partialMessage(
  draft: Draft,
  stream: Stream,
  status: MessageStatus,
): Message | null {
  const uses = usesOf(stream, usesBefore(draft, stream));
  const files = attachmentsOf(draft, stream);
  const isEmpty = stream.text === "" && stream.thinking === "";
  if (isEmpty && !uses.tools && !files.attachments) return null;
  const turn = draft.turn(stream.turnId);
  const step = turn?.steps.find((item) => item.step === stream.step);
  if (!turn || !step) return null;
  const finishReason = draft.finishOf(turn.id);
  return {
    id: stream.messageId,
    seq: draft.nextSeq,
    taskId: turn.taskId,
    turnId: turn.id,
    threadId: turn.threadId,
    role: "assistant",
    content: stream.text.toWellFormed(),
    ...(stream.thinking !== "" && { thinking: stream.thinking.toWellFormed() }),
    ...files,
    bot: step.bot,
    status,
    createdAt: draft.ts,
    metadata: { attempt: stream.attempt, ...(finishReason && { finishReason }), ...uses },
  };
}

function failedResult(draft: Draft, turnId: string, step: Step, error: Failure): StepResult {
  const { startedAt = draft.context.now, tries } = draft.stepRun(turnId, step.step);
  const durationMs = draft.context.now - startedAt;
  return { status: "FAILED", output: "", error, attempts: tries, durationMs };
}
