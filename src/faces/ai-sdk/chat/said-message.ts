import { messageId } from "../../../protocol/ids";
import { LIMITS } from "../../../protocol/limits";
import type { AppContext } from "../../../worker/context";
import { answerOf, taskRoom, twice } from "../../../worker/rooms/ask";
import { messageOf } from "../../message-of";

/** A message, and a turn that answers it; what was said elsewhere, or in the task of which this is a fork, has none. */
export type Said = { messageId: string; turnId: string };

/** Pages that are looked through for what took a message's place. */
const PAGES = 10;

/**
 * The message that a client means by an id, its own or the room's. A client keeps an edited message's id, so
 * it is the one that stands in its place by now. Nothing where the room has none.
 */
export async function saidMessage(
  c: AppContext,
  taskId: string,
  id: string,
): Promise<Said | undefined> {
  const first = messageId.safeParse(id).success
    ? await ours(c, taskId, id)
    : await theirs(c, taskId, id);
  return first && lastForm(c, taskId, first);
}

async function ours(c: AppContext, taskId: string, id: string): Promise<Said | undefined> {
  const message = await messageOf(c, taskId, id);
  return message && { messageId: id, turnId: message.turnId };
}

async function theirs(c: AppContext, taskId: string, id: string): Promise<Said | undefined> {
  const room = taskRoom(c.env, taskId);
  return answerOf(await twice(() => room.sentAs(c.var.principal, id))) ?? undefined;
}

async function lastForm(c: AppContext, taskId: string, first: Said): Promise<Said> {
  let said = first;
  let after = first.messageId;
  for (let pages = 0; pages < PAGES; pages++) {
    const query = { taskId, after, superseded: true, limit: LIMITS.pageItems };
    const asked = await twice(() => taskRoom(c.env, taskId).messages(c.var.principal, query));
    const { items, nextCursor } = answerOf(asked);
    for (const { id, turnId, replaces } of items) {
      if (replaces === said.messageId) said = { messageId: id, turnId };
    }
    const last = items.at(-1);
    if (!last || nextCursor === null) break;
    after = last.id;
  }
  return said;
}
