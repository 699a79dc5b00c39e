import type { SentMessage } from "../../../operations/ai-sdk/chat-request";
import { turnId as turnIdSchema } from "../../../protocol/ids";
import type { AppContext } from "../../../worker/context";
import { RefusedRequest } from "../../../worker/problem";
import { once, taskRoom } from "../../../worker/rooms/ask";
import { isAnswered } from "../../answered";
import { openTurn } from "../../open-turn";
import { type Answer, answersIn } from "../request/answers";

type Place = { taskId: string; turnId: string };

/** An answer that somebody has given before stands: the stream tells of it. */
export async function give(
  c: AppContext,
  { taskId, turnId }: Place,
  answer: Answer,
): Promise<void> {
  const { principal } = c.var;
  const room = taskRoom(c.env, taskId);
  const outcome = await once(() => {
    if (answer.kind === "output") {
      return room.giveOutput(principal, turnId, { ...answer.call, ...answer.given });
    }
    const { about, approve, note } = answer;
    const word = { step: about.step, approve, ...about.call, ...(note !== undefined && { note }) };
    return room.confirmTurn(principal, turnId, word);
  });
  if (outcome.ok || isAnswered(outcome.refusal)) return;
  throw new RefusedRequest(outcome.refusal);
}

/**
 * Gives what a client has answered and not sent, as one does that sends nothing by itself: it goes along with what
 * the user says next, which would wait for it else. Only what the open turn waits for counts.
 */
export async function giveUnsent(
  c: AppContext,
  taskId: string,
  messages: readonly SentMessage[],
): Promise<void> {
  const unsent = new Map(messages.slice(0, -1).flatMap(answersOf));
  if (unsent.size === 0) return;
  const turn = await openTurn(c, taskId);
  if (turn?.status !== "WAITING") return;
  for (const answer of unsent.get(turn.id) ?? [])
    await give(c, { taskId, turnId: turn.id }, answer);
}

/** What a message answers of the turn that it shows. */
function answersOf(message: SentMessage): [string, Answer[]][] {
  const { id, role } = message;
  if (role !== "assistant" || !turnIdSchema.safeParse(id).success) return [];
  const answers = answersIn(message, "").answers.filter(
    (answer) => answer.kind === "output" || answer.about.turnId === id,
  );
  return answers.length > 0 ? [[id, answers]] : [];
}
