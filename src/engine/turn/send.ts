import { jsonBytes, utf8Bytes } from "../../protocol/bytes";
import { type Refusal, refuse } from "../../protocol/errors";
import { LIMITS } from "../../protocol/limits";
import type { Guidance } from "../../protocol/rooms/turn-run";
import type { ClientTool } from "../../protocol/tools/tool-use";
import { keptOf, type OnBusy, type Turn } from "../../protocol/turn";
import type { Draft } from "./draft";
import { type Joining, joinableTurn, joinTurn, sameJson } from "./join";
import { enqueueTurn, type NewTurn } from "./queue";
import { currentTurn, type Room, waitingTurns } from "./room";
import { supersede, withdrawTurn } from "./supersede";
import { interruptTurn } from "./turn-end";

export type Send = Omit<NewTurn, "onBusy"> & { onBusy?: OnBusy };

type Policy = Pick<Send, "onBusy" | "attachments">;

export type Sent = { messageId: string; turnId: string };

/** Whether a message would steer the turn that is current, or join one that waits, and so make no turn. */
export function makesNoTurn(room: Room, input: Joining & Policy): boolean {
  const onBusy = policyOf(room, input);
  if (onBusy === "merge") return joinableTurn(room, input) !== undefined;
  return onBusy === "guide" && currentTurn(room) !== undefined;
}

/** `chat:send` and `execute`: a message, and what becomes of it while a turn is open. */
export function send(draft: Draft, input: Send): Refusal | Sent {
  const { room } = draft;
  if (room.state.task.status === "CANCELLED") {
    return refuse("task_cancelled", "The task is cancelled and takes no more messages.");
  }
  const onBusy = policyOf(room, input);
  const current = currentTurn(room);
  if (onBusy === "reject" && current) {
    return refuse("turn_active", "A turn is active and the message asked to be rejected then.");
  }
  if (onBusy === "guide" && current) return guideTurn(draft, current.id, input);
  const newTurn = { ...input, onBusy: keptOf(onBusy) };
  const joined = onBusy === "merge" ? joinableTurn(room, input) : undefined;
  if (joined) return joinTurn(draft, joined, newTurn);
  if (waitingTurns(room).length >= LIMITS.waitingTurns) {
    return refuse("queue_full", `${LIMITS.waitingTurns} turns are waiting already.`);
  }
  if (onBusy === "interrupt" && current) {
    // The new turn takes its place first, so that the queue's next is not begun instead.
    enqueueTurn(draft, newTurn, true);
    interruptTurn(draft, current, stopBy(input));
  } else if (onBusy === "rollback" && current) {
    rollBack(draft, current, newTurn);
  } else {
    enqueueTurn(draft, newTurn);
  }
  return { messageId: input.messageId, turnId: input.turnId };
}

/** The turn is stopped, and what it was asked and has answered is superseded by the message. */
function rollBack(draft: Draft, turn: Turn, newTurn: NewTurn): void {
  // One that was to answer anew has not taken the place of what there is.
  const { joined = [], supersedes = [] } = draft.run(turn.id);
  // Also of its earlier tries, and of steps that are to be done anew.
  const answers = draft.context.answersOf(turn);
  enqueueTurn(draft, newTurn, true);
  const writing = withdrawTurn(draft, turn, stopBy(newTurn));
  const gone = [turn.messageId, ...joined, ...supersedes, ...answers, ...writing];
  supersede(draft, gone, newTurn.messageId);
}

function stopBy({ author }: Pick<NewTurn, "author">): { by: string; reason: string } {
  return { by: author.userId, reason: "interrupted by a new message" };
}

/** Guidance is words alone: a message with files waits for a turn of its own. */
function policyOf(room: Room, { onBusy, attachments = [] }: Policy): OnBusy {
  const plan = room.plans[room.planId];
  const policy = onBusy ?? plan?.laterOnBusy ?? plan?.onBusy ?? "enqueue";
  return policy === "guide" && attachments.length > 0 ? "enqueue" : policy;
}

/** Keeps guidance for an open turn's next model call or step. */
export function guideTurn(
  draft: Draft,
  openId: string,
  input: Omit<NewTurn, "onBusy">,
): Refusal | Sent {
  if (!draft.turn(openId)) return refuse("not_found", "There is no such open turn.");
  const { guidance, guidanceBytes = 0, clientTools } = draft.run(openId);
  if (guidance.length >= LIMITS.waitingTurns) {
    return refuse("queue_full", `${LIMITS.waitingTurns} pieces of guidance are waiting already.`);
  }
  const { turnId, messageId, author, content, threadId, clientMessageId, descent } = input;
  const more = ofATurn(input, clientTools);
  const hasMore = Object.keys(more).length > 0;
  const bytes = guidanceBytes + utf8Bytes(content) + (hasMore ? jsonBytes(more) : 0);
  if (bytes > LIMITS.guidanceBytes) {
    const most = LIMITS.guidanceBytes / 1024;
    return refuse("payload_too_large", `A turn takes at most ${most} KiB of guidance in all.`);
  }
  const kept = {
    ...{ turnId, messageId, ...author, content, threadId },
    ...(clientMessageId !== undefined && { clientMessageId }),
    ...(descent && { descent }),
    ...more,
  };
  draft.setRun(openId, { guidance: [...guidance, kept], guidanceBytes: bytes });
  return { messageId, turnId: openId };
}

/** What guidance is of no use to until it becomes a turn; tools that the open turn has are not kept twice. */
function ofATurn(
  { metadata, clientTools = [] }: Pick<NewTurn, "metadata" | "clientTools">,
  known: readonly ClientTool[] = [],
): Pick<Guidance, "metadata" | "clientTools"> {
  const isKnown = sameJson(clientTools, known);
  return {
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(clientTools.length > 0 && { clientTools: isKnown ? "turn" : clientTools }),
  };
}
