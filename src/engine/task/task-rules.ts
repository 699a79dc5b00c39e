import { type Refusal, refuse } from "../../protocol/errors";
import type { PatchStatus } from "../../protocol/rest/patch-status";
import type { PatchTask } from "../../protocol/rest/patch-task";
import type { Draft } from "../turn/draft";
import { TASK_MOVES } from "../turn/transitions";
import { cancelAll } from "./people";

export function updateTask(draft: Draft, patch: PatchTask): void {
  const { title, labels, metadata } = patch;
  const { role, ...task } = draft.room.state.task;
  draft.emit({
    type: "task:updated",
    data: {
      task: {
        ...task,
        ...(title !== undefined && { title }),
        ...(labels && { labels }),
        ...(metadata && { metadata }),
        updatedAt: draft.ts,
        headSeq: draft.nextSeq,
      },
    },
  });
}

/** The log goes on under another name: what others have heard of it is no part of it any more. */
export function renewLog(draft: Draft, epoch: string): void {
  const { role, ...task } = draft.room.state.task;
  draft.emit({
    type: "task:updated",
    data: { task: { ...task, epoch, updatedAt: draft.ts, headSeq: draft.nextSeq } },
  });
}

/** By hand a task can only be cancelled; the other states follow from its turns. */
export function setTaskStatus(
  draft: Draft,
  { status, reason }: PatchStatus,
  by: string,
): Refusal | null {
  const { status: from } = draft.room.state.task;
  const allowed = TASK_MOVES[from].filter((to) => to === "CANCELLED");
  if (status !== "CANCELLED" || allowed.length === 0) {
    const message = `A task that is ${from} can't be set to ${status} by hand.`;
    return refuse("invalid_transition", message, { from, to: status, allowed });
  }
  cancelAll(draft, { by, reason, last: true });
  const why = reason === undefined ? {} : { reason };
  const previous = draft.room.state.task.status;
  draft.emit({
    type: "task:status",
    data: { status: "CANCELLED", previous, ...why, actor: by },
  });
  return null;
}
