import { LIMITS } from "../../protocol/limits";
import type { AppContext } from "../../worker/context";
import { questionOf } from "../question-of";
import { filePartsOf } from "./file-parts";
import { type Begun, factsOf } from "./reading";
import type { WireMessage, WireTask } from "./wire";

/** The task with the message that it answers, where the client wants one and the room still has it. */
export async function withHistory(
  c: AppContext,
  begun: Begun,
  task: WireTask,
  historyLength: number = LIMITS.pageItems,
): Promise<WireTask> {
  const question = historyLength > 0 ? await asked(c, begun) : undefined;
  return question ? { ...task, history: [question] } : task;
}

async function asked(c: AppContext, begun: Begun): Promise<WireMessage | undefined> {
  const question = await questionOf(c, begun.turn);
  if (!question) return undefined;
  const { message, clientMessageId } = question;
  const { id, contextId, origin } = factsOf(c, begun);
  const files = filePartsOf(message, origin);
  const isSaid = message.content !== "" || files.length === 0;
  return {
    messageId: clientMessageId ?? message.id,
    taskId: id,
    contextId,
    role: "ROLE_USER",
    parts: [...(isSaid ? [{ text: message.content }] : []), ...files],
  };
}
