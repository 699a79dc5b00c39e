import type { Failure } from "../../protocol/errors";
import type { AttemptReason } from "../../protocol/events/chat-start";
import type { Step, Turn } from "../../protocol/turn";
import type { Draft } from "../turn/draft";
import { stepOf } from "./fence";
import { isPipeline, logPhase, phaseData } from "./phase";
import { startAttempt } from "./start";

/** An attempt is over, and everyone hears that another follows. */
export function announceRetry(
  draft: Draft,
  turn: Turn,
  step: Step,
  error: Failure,
  retryInMs: number,
): void {
  const { messageId, attempt } = step;
  draft.emit({
    type: "chat:error",
    data: {
      turnId: turn.id,
      ...(messageId && { messageId }),
      attempt,
      ...error,
      retryable: true,
      retryInMs,
      partial: null,
    },
  });
  if (isPipeline(draft, turn.id)) {
    draft.emit({ type: "phase:retry", data: { ...phaseData(turn.id, step), error, retryInMs } });
  }
  logPhase(draft, step.phase, "warn", `${step.phase} failed (${error.code}), tried again`, error);
}

/** The next attempt follows at once. */
export function retryNow(
  draft: Draft,
  { turn, step }: { turn: Turn; step: Step },
  error: Failure,
  reason: AttemptReason,
): void {
  announceRetry(draft, turn, step, error, 0);
  const again = stepOf(draft.turn(turn.id), step.step);
  if (again) startAttempt(draft, turn.id, again, reason);
}
