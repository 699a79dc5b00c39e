import type { Failure } from "../../protocol/errors";
import type { TaskStatus } from "../../protocol/task";
import type { Turn, TurnStatus } from "../../protocol/turn";
import { tokensOf } from "../../protocol/usage";
import { isPipeline, phaseData } from "../step/phase";
import type { Draft } from "./draft";
import { endStep, keepRounds, partialMessage, sayFinalError } from "./last-words";
import { enqueueTurn } from "./queue";
import { activeTurn, waitingTurns } from "./room";
import { isStepClosed } from "./transitions";

type Ending = {
  status: "COMPLETED" | "FAILED" | "INTERRUPTED";
  reason?: string;
  error?: Failure;
  /** The task is being cancelled: nothing comes after this turn. */
  last?: boolean;
  /** Its messages are being superseded: what it was guided by is no message of its own. */
  isWithdrawn?: boolean;
};

/** Closes a turn; the queue moves up, or the task takes this turn's outcome. */
export function closeTurn(draft: Draft, turnId: string, ending: Ending): void {
  const turn = draft.turn(turnId);
  if (!turn) return;
  const { usage, usageBefore, guidance, clientTools: known } = draft.run(turnId);
  for (const { content } of guidance) {
    draft.emit({ type: "chat:guided", data: { turnId, content, outcome: "expired" } });
  }
  draft.emit({
    type: "turn:status",
    data: {
      turnId,
      status: ending.status,
      previous: turn.status,
      ...(ending.reason !== undefined && { reason: ending.reason }),
      ...(ending.error && { error: ending.error }),
      ...(usage && { usage, tokens: tokensOf(usage) - tokensOf(usageBefore) }),
    },
  });
  if (ending.last) return;
  const late = ending.isWithdrawn ? [] : guidance;
  for (const { userId, name, clientTools, ...given } of late) {
    const author = { userId, ...(name !== undefined && { name }) };
    const tools = clientTools === "turn" ? known : clientTools;
    const { threadId = turn.threadId, metadata = {} } = given;
    const rest = { threadId, metadata, onBusy: "guide", clientTools: tools } as const;
    // A turn may be steered past its giver's quota; to become one, guidance has to be within it.
    enqueueTurn(draft, { ...given, ...rest, author, unpaid: true });
  }
  if (activeTurn(draft.room)) return;
  if (waitingTurns(draft.room).length > 0) draft.effect({ type: "begin" });
  else settleTask(draft, ending.status);
}

/** The active turn, or one that waits, fails for good with everything that it was writing kept. */
export function failTurn(draft: Draft, turn: Turn, error: Failure): void {
  const atWork = turn.steps.find(({ status }) => status !== "PENDING" && !isStepClosed(status));
  if (atWork) endStep(draft, turn, atWork, error);
  else if (turn.status === "PENDING") sayFinalError(draft, turn, undefined, error);
  for (const step of turn.steps) {
    if (step.status === "PENDING" && isPipeline(draft, turn.id)) {
      draft.emit({ type: "phase:skipped", data: phaseData(turn.id, step) });
    }
  }
  draft.emit({ type: "task:error", data: { turnId: turn.id, ...error } });
  draft.effect({ type: "abort", turnId: turn.id });
  closeTurn(draft, turn.id, { status: "FAILED", error });
}

export type Stop = { by: string; reason?: string | undefined; last?: boolean };
type Interruption = Stop & { isWithdrawn?: boolean };

export function interruptTurn(draft: Draft, turn: Turn, stop: Interruption): void {
  const { by, reason, last = false, isWithdrawn = false } = stop;
  const stream = draft.stream(turn.id);
  keepRounds(draft, turn);
  draft.emit({
    type: "chat:cancelled",
    data: {
      turnId: turn.id,
      ...(stream && { messageId: stream.messageId }),
      by,
      ...(reason !== undefined && { reason }),
      message: stream ? partialMessage(draft, stream, "interrupted") : null,
    },
  });
  draft.effect({ type: "abort", turnId: turn.id });
  const why = reason === undefined ? {} : { reason };
  closeTurn(draft, turn.id, { status: "INTERRUPTED", ...why, last, isWithdrawn });
}

function settleTask(draft: Draft, outcome: TurnStatus): void {
  const { status } = draft.room.state.task;
  if (status !== "RUNNING") return;
  const next: TaskStatus = outcome === "FAILED" ? "FAILED" : "COMPLETED";
  draft.emit({
    type: "task:status",
    data: {
      status: next,
      previous: status,
      ...(outcome === "INTERRUPTED" && { reason: "interrupted" }),
      actor: "system",
    },
  });
}
