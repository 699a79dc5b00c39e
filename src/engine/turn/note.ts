import { type Refusal, refuse } from "../../protocol/errors";
import type { Draft } from "./draft";
import { type NewMessage, sayMessage } from "./user-message";

/** `chat:note`: a message that begins nothing. No turn has its `turnId`. */
export function addNote(
  draft: Draft,
  input: NewMessage,
): Refusal | { messageId: string; turnId: string } {
  if (draft.room.state.task.status === "CANCELLED") {
    return refuse("task_cancelled", "The task is cancelled and takes no more notes.");
  }
  sayMessage(draft, { ...input, note: true });
  return { messageId: input.messageId, turnId: input.turnId };
}
