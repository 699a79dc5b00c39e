import { LIMITS } from "../../../protocol/limits";
import type { Turn, TurnStatus } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { answerOf, taskRoom, twice } from "../../../worker/rooms/ask";

const OPEN: TurnStatus[] = ["PENDING", "PROCESSING", "WAITING"];

/** The turn of a task that is being worked on, else the next; nothing where none is open. */
export async function openTurn(c: AppContext, taskId: string): Promise<Turn | undefined> {
  const query = { status: OPEN, limit: LIMITS.pageItems };
  const asked = await twice(() => taskRoom(c.env, taskId).turns(c.var.principal, query));
  const { items } = answerOf(asked);
  return items.find(({ status }) => status !== "PENDING") ?? items.at(-1);
}

/** The turn of a message by the service's own id for it; of the newest turns only. */
export async function turnOf(
  c: AppContext,
  taskId: string,
  messageId: string,
): Promise<Turn | undefined> {
  const query = { limit: LIMITS.pageItems };
  const asked = await twice(() => taskRoom(c.env, taskId).turns(c.var.principal, query));
  return answerOf(asked).items.find((turn) => turn.messageId === messageId);
}
