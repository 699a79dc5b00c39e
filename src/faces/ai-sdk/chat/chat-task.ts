import { BOUNDS } from "../../../operations/ai-sdk/chat-request";
import { taskId } from "../../../protocol/ids";
import type { Ref } from "../../../protocol/refs";
import { listTasks as listTasksQuery } from "../../../protocol/rest/list-tasks";
import type { Task } from "../../../protocol/task";
import type { AppContext } from "../../../worker/context";
import { mayCreate } from "../../../worker/middleware/creation-limit";
import { answerOf, taskRoom, twice } from "../../../worker/rooms/ask";
import { createTask, listTasks } from "../../../worker/rooms/own-tasks";
import { titleOf } from "../../../worker/task-title";

/**
 * The task of a chat: the id names it itself, or is the caller's own key for it. Nothing where no chat has
 * been begun under this name; throws `not_found` for the id of a task that the caller may not see.
 */
export async function findChat(c: AppContext, chatId: string): Promise<Task | undefined> {
  if (taskId.safeParse(chatId).success) {
    return answerOf(await twice(() => taskRoom(c.env, chatId).read(c.var.principal)));
  }
  const query = listTasksQuery.parse({ key: keyOf(chatId), limit: "1" });
  const { items } = await listTasks(c, query);
  return items[0];
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
