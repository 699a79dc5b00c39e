import type { RunInput } from "../../../operations/ag-ui/run-input";
import type { AppContext } from "../../../worker/context";
import { RefusedRequest } from "../../../worker/problem";
import { once, taskRoom } from "../../../worker/rooms/ask";
import { isAnswered } from "../../answered";
import { openTurn } from "../../open-turn";
import { readCallId } from "../shown/ids";
import { type Answer, resultsFor } from "./answers";

/** An answer that somebody has given before stands: the run tells of it. */
export async function give(c: AppContext, taskId: string, answer: Answer): Promise<void> {
  const { principal } = c.var;
  const room = taskRoom(c.env, taskId);
  const outcome = await once(() => {
    if (answer.kind === "output") {
      const { turnId, toolCallId, given } = answer;
      return room.giveOutput(principal, turnId, { toolCallId, ...given });
    }
    const { asked, approve, note } = answer;
    const { turnId, step, toolCallId } = asked;
    const about = { step, ...(toolCallId !== undefined && { toolCallId }) };
    return room.confirmTurn(principal, turnId, { ...about, approve, ...(note && { note }) });
  });
  if (outcome.ok || isAnswered(outcome.refusal)) return;
  throw new RefusedRequest(outcome.refusal);
}

/**
 * Gives the results of the page's own tools that no run has come with, as where a tool failed or wants no run to
 * follow: they go along with what the user says next, which would wait for them else.
 */
export async function giveUnsent(
  c: AppContext,
  taskId: string,
  { messages }: RunInput,
): Promise<void> {
  if (!messages.some(({ role, toolCallId }) => role === "tool" && isOurs(toolCallId))) return;
  const turn = await openTurn(c, taskId);
  if (turn?.status !== "WAITING") return;
  for (const result of resultsFor(turn.id, messages)) await give(c, taskId, result);
}

function isOurs(toolCallId: unknown): boolean {
  return typeof toolCallId === "string" && readCallId(toolCallId) !== undefined;
}
