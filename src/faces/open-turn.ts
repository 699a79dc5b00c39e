import { LIMITS } from "../protocol/limits";
import type { Turn, TurnStatus } from "../protocol/turn";
import type { AppContext } from "../worker/context";
import { answerOf, taskRoom, twice } from "../worker/rooms/ask";

const OPEN: TurnStatus[] = ["PENDING", "PROCESSING", "WAITING"];

/** A task's newest turns, newest first: a page of them, of any status or of these. */
export async function newestTurns(
  c: AppContext,
  taskId: string,
  status?: TurnStatus[],
): Promise<Turn[]> {
  const query = { limit: LIMITS.pageItems, ...(status && { status }) };
  const asked = await twice(() => taskRoom(c.env, taskId).turns(c.var.principal, query));
  return answerOf(asked).items;
}

/** The turn of a task that is being worked on, else the next; nothing where none is open. */
export async function openTurn(c: AppContext, taskId: string): Promise<Turn | undefined> {
  return currentOf(await newestTurns(c, taskId, OPEN));
}

/** The same of turns that are known. */
export function currentOf(turns: readonly Turn[]): Turn | undefined {
  const open = turns.filter(({ status }) => OPEN.includes(status));
  return open.find(({ status }) => status !== "PENDING") ?? open.at(-1);
}
