import type { Turn } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { currentOf, newestTurns, openTurn } from "../../open-turn";
import { markIn } from "./mark";

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
  return currentOf(own ? [own] : turns);
}
