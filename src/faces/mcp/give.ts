import type { AppContext } from "../../worker/context";
import { RefusedRequest } from "../../worker/problem";
import { once, taskRoom } from "../../worker/rooms/ask";
import type { Asked } from "./watched";

type Word = Asked & { approve: boolean; note?: string | undefined };

/** Refusals of an answer to what was answered before: the first one stands, and the turn goes on. */
const ANSWERED: ReadonlySet<string> = new Set(["invalid_transition", "not_found"]);

/** Gives a room a person's word. Whoever may not see the task finds that out when it is looked at. */
export async function give(
  c: AppContext,
  { taskId, turnId }: { taskId: string; turnId: string },
  { note, ...word }: Word,
): Promise<void> {
  const said = { ...word, ...(note !== undefined && { note }) };
  const room = taskRoom(c.env, taskId);
  const outcome = await once(() => room.confirmTurn(c.var.principal, turnId, said));
  if (!outcome.ok && !ANSWERED.has(outcome.refusal.code)) throw new RefusedRequest(outcome.refusal);
}
