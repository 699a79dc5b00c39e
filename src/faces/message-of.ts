import type { Message } from "../protocol/message";
import type { AppContext } from "../worker/context";
import { answerOf, taskRoom, twice } from "../worker/rooms/ask";

/** Among so many of the newest is one that nothing had followed a moment ago. */
const NEWEST = 20;

/**
 * A task's message by its id, also one that something else has taken the place of; nothing where the task has
 * none of this id.
 */
export async function messageOf(
  c: AppContext,
  taskId: string,
  id: string,
): Promise<Message | undefined> {
  const of = { taskId, superseded: true };
  const after = { ...of, after: id, limit: 1 };
  const followed = await twice(() => taskRoom(c.env, taskId).messages(c.var.principal, after));
  if (!followed.ok && followed.refusal.code === "invalid_request") return undefined;
  const [next] = answerOf(followed).items;
  const before = { ...of, ...(next ? { before: next.id, limit: 1 } : { limit: NEWEST }) };
  const page = await twice(() => taskRoom(c.env, taskId).messages(c.var.principal, before));
  return answerOf(page).items.find((message) => message.id === id);
}
