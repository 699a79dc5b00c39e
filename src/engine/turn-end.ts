import type { Failure } from "../protocol/errors";
import type { LogFact } from "../protocol/events";
import type { Message, MessageStatus } from "../protocol/message";
import type { Stream } from "../protocol/room-state";
import type { TaskStatus } from "../protocol/task";
import type { Turn, TurnStatus } from "../protocol/turn";
import type { Draft } from "./draft";
import { isPipeline, phaseData } from "./phase";
import { enqueueTurn } from "./queue";
import { activeTurn, waitingTurns } from "./room";

type Ending = {
  status: "COMPLETED" | "FAILED" | "INTERRUPTED";
  reason?: string;
  error?: Failure;
  /** The task is being cancelled: nothing comes after this turn. */
  last?: boolean;
};

/** Closes a turn; the queue moves up, or the task takes this turn's outcome. */
export function closeTurn(draft: Draft, turnId: string, ending: Ending): void {
  const turn = draft.turn(turnId);
  if (!turn) return;
  const { usage, guidance } = draft.run(turnId);
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
      ...(usage && { usage }),
    },
  });
  if (ending.last) return;
  for (const { userId, name, ...late } of guidance) {
    const author = { userId, ...(name !== undefined && { name }) };
    enqueueTurn(draft, { ...late, author, threadId: turn.threadId, onBusy: "guide", metadata: {} });
  }
  if (activeTurn(draft.room)) return;
  if (waitingTurns(draft.room).length > 0) draft.effect({ type: "begin" });
  else settleTask(draft, ending.status);
}

/** The active turn, or one that waits, fails for good with everything that it was writing kept. */
export function failTurn(draft: Draft, turn: Turn, error: Failure): void {
  for (const stream of streamsOf(draft, turn)) {
    draft.emit(finalError(draft, stream, error));
  }
  for (const step of turn.steps) {
    if (step.status === "PENDING" && isPipeline(draft, turn.id)) {
      draft.emit({ type: "phase:skipped", data: phaseData(turn.id, step) });
    }
  }
  draft.emit({ type: "task:error", data: { turnId: turn.id, ...error } });
  draft.effect({ type: "abort", turnId: turn.id });
  closeTurn(draft, turn.id, { status: "FAILED", error });
}

export function finalError(draft: Draft, stream: Stream, error: Failure): LogFact {
  return {
    type: "chat:error",
    data: {
      turnId: stream.turnId,
      messageId: stream.messageId,
      attempt: stream.attempt,
      ...error,
      retryable: false,
      partial: partialMessage(draft, stream, "failed"),
    },
  };
}

export type Stop = { by: string; reason?: string | undefined; last?: boolean };

export function interruptTurn(draft: Draft, turn: Turn, { by, reason, last = false }: Stop): void {
  const stream = streamsOf(draft, turn)[0];
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
  closeTurn(draft, turn.id, { status: "INTERRUPTED", ...why, last });
}

export function streamsOf(draft: Draft, turn: Turn): Stream[] {
  return draft.room.state.streams.filter((stream) => stream.turnId === turn.id);
}

/** What an attempt had written when it ended early; `null` where it had written nothing. */
function partialMessage(draft: Draft, stream: Stream, status: MessageStatus): Message | null {
  if (stream.text === "" && stream.thinking === "") return null;
  const turn = draft.turn(stream.turnId);
  const step = turn?.steps.find((item) => item.step === stream.step);
  if (!turn || !step) return null;
  return {
    id: stream.messageId,
    seq: draft.nextSeq,
    taskId: turn.taskId,
    turnId: turn.id,
    threadId: turn.threadId,
    role: "assistant",
    content: stream.text.toWellFormed(),
    ...(stream.thinking !== "" && { thinking: stream.thinking.toWellFormed() }),
    bot: step.bot,
    status,
    createdAt: draft.ts,
    metadata: { attempt: stream.attempt },
  };
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
