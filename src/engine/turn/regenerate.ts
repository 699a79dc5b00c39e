import type { Descent } from "../../protocol/depth";
import { type Refusal, refuse } from "../../protocol/errors";
import { LIMITS } from "../../protocol/limits";
import type { Message } from "../../protocol/message";
import type { Draft } from "./draft";
import { placeTurn } from "./queue";
import { freshRun, freshSteps, type TurnRecord, waitingTurns } from "./room";

export type Regeneration = {
  record: TurnRecord;
  turnId: string;
  userId: string;
  descent?: Descent | undefined;
  /** What the turn answers. */
  message: Message;
  isSuperseded: boolean;
  /** The answers that the message has by now. */
  answers: readonly string[];
};

/**
 * `chat:regenerate`: another turn answers the message of a COMPLETED one. The answers that there are
 * stand until it begins.
 */
export function regenerateTurn(
  draft: Draft,
  { record, turnId, userId, descent, message, isSuperseded, answers }: Regeneration,
): Refusal | { messageId: string; turnId: string } {
  const { turn, run } = record;
  const { room } = draft;
  if (room.state.task.status === "CANCELLED") {
    return refuse("task_cancelled", "The task is cancelled.");
  }
  if (turn.status !== "COMPLETED") {
    return refuse("invalid_transition", "Only a completed turn is answered anew.", {
      from: turn.status,
      to: "PENDING",
      allowed: [],
    });
  }
  if (isSuperseded) return refuse("conflict", "The turn's message was superseded.");
  if (waitingTurns(room).length >= LIMITS.waitingTurns) {
    return refuse("queue_full", `${LIMITS.waitingTurns} turns are waiting already.`);
  }
  const firstSeq = draft.nextSeq;
  const { input, clientTools, joined } = run;
  draft.addRun(turnId, {
    ...freshRun(userId, input),
    ...(clientTools && { clientTools }),
    ...(joined && { joined }),
    ...(descent && { descent }),
    anewFrom: message.seq,
    supersedes: [...answers],
  });
  const plan = room.plans[room.planId];
  const { taskId, threadId, messageId, metadata } = turn;
  placeTurn(
    draft,
    {
      ...{ id: turnId, taskId, threadId, messageId, firstSeq, metadata },
      regenerates: turn.id,
      status: "PENDING",
      onBusy: "enqueue",
      createdAt: draft.ts,
      steps: plan ? freshSteps(plan) : [],
    },
    null,
  );
  return { messageId, turnId };
}
