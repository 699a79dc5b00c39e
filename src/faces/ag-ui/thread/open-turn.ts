import { LIMITS } from "../../../protocol/limits";
import type { Turn, TurnStatus } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { answerOf, taskRoom, twice } from "../../../worker/rooms/ask";
import { markIn } from "./mark";

const OPEN: TurnStatus[] = ["PENDING", "PROCESSING", "WAITING"];

/** The turn of a task that is being worked on, else the next; nothing where none is open. */
export async function openTurn(c: AppContext, taskId: string): Promise<Turn | undefined> {
  return first(await newestTurns(c, taskId, OPEN));
}

/**
 * The open turn that a run began; the one that is being worked on where no turn is known by the run, which
 * then was one that went on with a turn. Nothing where the run's turn is over.
 */
export async function openTurnOf(
  c: AppContext,
  taskId: string,
  runId: string | undefined,
): Promise<Turn | undefined> {
  if (runId === undefined) return openTurn(c, taskId);
  const turns = await newestTurns(c, taskId);
  const own = turns.find(({ metadata }) => markIn(metadata)?.runId === runId);
  const open = turns.filter(({ status }) => OPEN.includes(status));
  return own ? open.find(({ id }) => id === own.id) : first(open);
}

function first(open: readonly Turn[]): Turn | undefined {
  return open.find(({ status }) => status !== "PENDING") ?? open.at(-1);
}

async function newestTurns(c: AppContext, taskId: string, status?: TurnStatus[]): Promise<Turn[]> {
  const query = { limit: LIMITS.pageItems, ...(status && { status }) };
  const asked = await twice(() => taskRoom(c.env, taskId).turns(c.var.principal, query));
  return answerOf(asked).items;
}
