import { type Refusal, refuse } from "../../protocol/errors";
import { LIMITS } from "../../protocol/limits";
import type { Message } from "../../protocol/message";
import type { Draft } from "./draft";
import { enqueueTurn, type NewTurn } from "./queue";
import { activeTurn, waitingTurns } from "./room";
import { supersede, withdrawTurn } from "./supersede";

export type Edit = {
  /** What is said instead; its thread is the message's. */
  input: Omit<NewTurn, "threadId" | "replaces">;
  /** Whether the editor owns the task. */
  isOwner: boolean;
  /** Whether what is open in the thread is stopped. */
  interrupts: boolean;
  /** The message as it was, and all that follows it in its thread, itself among them. */
  message: Message;
  isSuperseded: boolean;
  following: readonly string[];
};

/** `chat:edit`: the thread goes back to before a message, and goes on with another in its place. */
export function editMessage(
  draft: Draft,
  edit: Edit,
): Refusal | { messageId: string; turnId: string } {
  const { input, message, interrupts, following } = edit;
  const refusal = whyNot(draft, edit);
  if (refusal) return refusal;
  const { threadId } = message;
  const open = openIn(draft, threadId);
  // The new turn takes its place first, so that the queue's next is not begun instead.
  enqueueTurn(draft, { ...input, threadId, replaces: message.id }, interrupts && open.length > 0);
  const stop = { by: input.author.userId, reason: "interrupted by an edit" };
  const writing = open.flatMap((turn) => withdrawTurn(draft, turn, stop));
  supersede(draft, [...following, ...writing], input.messageId);
  if (!activeTurn(draft.room)) draft.effect({ type: "begin" });
  return { messageId: input.messageId, turnId: input.turnId };
}

function whyNot(draft: Draft, edit: Edit): Refusal | undefined {
  const { input, message, isOwner, isSuperseded, interrupts } = edit;
  if (draft.room.state.task.status === "CANCELLED") {
    return refuse("task_cancelled", "The task is cancelled and takes no more messages.");
  }
  if (message.role !== "user") return refuse("conflict", "Only what a user has said is edited.");
  // What was said elsewhere its importer has put there; the task's owners answer for that.
  const isOwn = message.author?.userId === input.author.userId && !message.imported;
  if (!isOwn && !isOwner) {
    return refuse("forbidden", "A message is edited by its sender, or by an owner of the task.");
  }
  if (isSuperseded)
    return refuse("conflict", "The message was superseded: edit what is in its place.");
  const open = openIn(draft, message.threadId);
  if (open.length > 0 && !interrupts) {
    return refuse("turn_active", "A turn of the message's thread is open.");
  }
  const waiting = waitingTurns(draft.room).filter((turn) => !open.includes(turn));
  if (waiting.length < LIMITS.waitingTurns) return undefined;
  return refuse("queue_full", `${LIMITS.waitingTurns} turns are waiting already.`);
}

function openIn(draft: Draft, threadId: string) {
  return draft.room.state.openTurns.filter((turn) => turn.threadId === threadId);
}
