import type { Turn } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { newestTurns } from "../../open-turn";

/** The turn of a message by the service's own id for it; of the newest turns only. */
export async function turnOf(
  c: AppContext,
  taskId: string,
  messageId: string,
): Promise<Turn | undefined> {
  const turns = await newestTurns(c, taskId);
  return turns.find((turn) => turn.messageId === messageId);
}
