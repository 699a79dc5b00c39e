import type { Descent } from "../../protocol/depth";
import type { Attachment } from "../../protocol/files/attachment";
import type { JsonObject } from "../../protocol/json";
import type { ClientTool } from "../../protocol/tools/tool-use";
import type { KeptOnBusy, Turn } from "../../protocol/turn";
import { shownTurn } from "../step/cut-result";
import type { Draft } from "./draft";
import { activeTurn, freshRun, freshSteps, waitingTurns } from "./room";
import { sayMessage } from "./user-message";

export type NewTurn = {
  turnId: string;
  messageId: string;
  author: { userId: string; name?: string };
  content: string;
  clientMessageId?: string | undefined;
  threadId: string;
  onBusy: KeptOnBusy;
  metadata: JsonObject;
  attachments?: Attachment[] | undefined;
  /** The message that its message is an edited form of. */
  replaces?: string | undefined;
  /** Nobody has asked its user's meter yet. */
  unpaid?: boolean;
  /** Tools that its sender carries out. */
  clientTools?: ClientTool[] | undefined;
  /** Of which turns' work the request for it is a part. */
  descent?: Descent | undefined;
};

/** A message and the PENDING turn that will answer it, at the queue's tail or, if `first`, its head. */
export function enqueueTurn(draft: Draft, input: NewTurn, first = false): void {
  const { unpaid, clientTools = [], descent } = input;
  const firstSeq = draft.nextSeq;
  sayMessage(draft, input);
  const run = freshRun(input.author.userId, input.content);
  draft.addRun(input.turnId, {
    ...run,
    ...(unpaid && { unpaid }),
    ...(clientTools.length > 0 && { clientTools }),
    ...(descent && { descent }),
  });
  const { room } = draft;
  const plan = room.plans[room.planId];
  placeTurn(
    draft,
    {
      id: input.turnId,
      taskId: room.state.task.id,
      threadId: input.threadId,
      messageId: input.messageId,
      firstSeq,
      status: "PENDING",
      onBusy: input.onBusy,
      createdAt: draft.ts,
      steps: plan ? freshSteps(plan) : [],
      metadata: input.metadata,
    },
    null,
    first,
  );
}

/** Puts a turn into the queue and the task to work. */
export function placeTurn(
  draft: Draft,
  turn: Turn,
  previous: Turn["status"] | null,
  first = false,
): void {
  const queuePosition = first ? 1 : waitingTurns(draft.room).length + 1;
  const { unpaid } = draft.run(turn.id);
  draft.emit({
    type: "turn:status",
    data: {
      ...{ turnId: turn.id, status: "PENDING", previous, queuePosition },
      ...(unpaid && { turns: 0 }),
      turn: shownTurn(turn),
    },
  });
  const { status } = draft.room.state.task;
  if (status !== "RUNNING") {
    draft.emit({
      type: "task:status",
      data: { status: "RUNNING", previous: status, actor: draft.run(turn.id).userId },
    });
  }
  if (!activeTurn(draft.room)) draft.effect({ type: "begin" });
}
