import { LIMITS } from "../../protocol/limits";
import type { AppContext } from "../../worker/context";
import { answerOf, taskRoom, twice } from "../../worker/rooms/ask";
import { type Begun, factsOf } from "./reading";
import type { WireMessage, WireTask } from "./wire";

/** The task with the message that it answers, where the client wants one and the room still has it. */
export async function withHistory(
  c: AppContext,
  begun: Begun,
  task: WireTask,
  historyLength: number = LIMITS.pageItems,
): Promise<WireTask> {
  const question = historyLength > 0 ? await questionOf(c, begun) : undefined;
  return question ? { ...task, history: [question] } : task;
}

async function questionOf(c: AppContext, begun: Begun): Promise<WireMessage | undefined> {
  const { task, turn } = begun;
  if (turn.firstSeq === undefined) return undefined;
  const query = { after: turn.firstSeq - 1, limit: 1 };
  const page = await twice(() => taskRoom(c.env, task.id).events(c.var.principal, query));
  const [event] = answerOf(page).items;
  if (event?.type !== "chat:message" || event.data.message.turnId !== turn.id) return undefined;
  const { message, clientMessageId } = event.data;
  const { id, contextId } = factsOf(begun);
  return {
    messageId: clientMessageId ?? message.id,
    taskId: id,
    contextId,
    role: "ROLE_USER",
    parts: [{ text: message.content }],
  };
}
