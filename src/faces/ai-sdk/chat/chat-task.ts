import { BOUNDS } from "../../../operations/ai-sdk/chat-request";
import type { Ref } from "../../../protocol/refs";
import type { Task } from "../../../protocol/task";
import type { AppContext } from "../../../worker/context";
import { mayCreate } from "../../../worker/middleware/creation-limit";
import { createTask } from "../../../worker/rooms/own-tasks";
import { titleOf } from "../../../worker/task-title";
import { namedTask } from "../../named-task";

/**
 * The task of a chat: the id names it itself, or is the caller's own key for it. Nothing where no chat has
 * been begun under this name; throws `not_found` for the id of a task that the caller may not see.
 */
export function findChat(c: AppContext, chatId: string): Promise<Task | undefined> {
  return namedTask(c, chatId, BOUNDS.keyPrefix);
}

type Begin = { chatId: string; team: Ref | undefined; text: string };
export type Chat = { taskId: string; isNew: boolean };

/** The same, begun where it is not there. */
export async function chatFor(c: AppContext, { chatId, team, text }: Begin): Promise<Chat> {
  const found = await findChat(c, chatId);
  if (found) return { taskId: found.id, isNew: false };
  await mayCreate(c, "tasks");
  const key = keyOf(chatId);
  const { task, isNew } = await createTask(c, {
    key,
    title: titleOf(text),
    ...(team && { teamRef: team }),
  });
  return { taskId: task.id, isNew };
}

function keyOf(chatId: string): string {
  return `${BOUNDS.keyPrefix}${chatId}`;
}
