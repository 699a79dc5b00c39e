import { type Refusal, refuse } from "../protocol/errors";
import { LIMITS } from "../protocol/limits";
import type { OnBusy } from "../protocol/turn";
import type { Draft } from "./draft";
import { enqueueTurn, type NewTurn } from "./queue";
import { activeTurn, waitingTurns } from "./room";
import { interruptTurn } from "./turn-end";

export type Send = Omit<NewTurn, "onBusy"> & { onBusy?: OnBusy };

export type Sent = { messageId: string; turnId: string };

/** `chat:send` and `execute`: a message, and what becomes of it while a turn is open. */
export function send(draft: Draft, input: Send): Refusal | Sent {
  const { room } = draft;
  if (room.state.task.status === "CANCELLED") {
    return refuse("task_cancelled", "The task is cancelled and takes no more messages.");
  }
  const onBusy = input.onBusy ?? room.plans[room.planId]?.onBusy ?? "enqueue";
  const active = activeTurn(room);
  if (onBusy === "reject" && room.state.openTurns.length > 0) {
    return refuse("turn_active", "A turn is active and the message asked to be rejected then.");
  }
  if (onBusy === "guide" && active) return guideTurn(draft, active.id, input);
  if (waitingTurns(room).length >= LIMITS.waitingTurns) {
    return refuse("queue_full", `${LIMITS.waitingTurns} turns are waiting already.`);
  }
  if (onBusy === "interrupt" && active) {
    // The new turn takes its place first, so that the queue's next is not begun instead.
    enqueueTurn(draft, { ...input, onBusy }, true);
    interruptTurn(draft, active, {
      by: input.author.userId,
      reason: "interrupted by a new message",
    });
  } else {
    enqueueTurn(draft, { ...input, onBusy });
  }
  return { messageId: input.messageId, turnId: input.turnId };
}

/** Keeps guidance for the running turn's next model call or step. */
export function guideTurn(
  draft: Draft,
  activeId: string,
  input: Omit<NewTurn, "onBusy">,
): Refusal | Sent {
  const { guidance } = draft.run(activeId);
  if (guidance.length >= LIMITS.waitingTurns) {
    return refuse("queue_full", `${LIMITS.waitingTurns} pieces of guidance are waiting already.`);
  }
  const { turnId, messageId, author, content } = input;
  draft.setRun(activeId, { guidance: [...guidance, { turnId, messageId, ...author, content }] });
  return { messageId, turnId: activeId };
}
