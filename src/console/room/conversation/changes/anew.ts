import type { Message, Turn } from "../../../../client";

/** Of a turn's answers: the question, where another stands right before them. */
export type Anew = { question?: Message };

/**
 * By turn: answers that took others' place, or may have. Turns are known for a while only; of later ones
 * it is told by their question, which has the turn's id that it began with.
 */
export function answeredAnew(
  messages: readonly Message[],
  turns: readonly Turn[],
): ReadonlyMap<string, Anew> {
  const anew = new Map<string, Anew>();
  const known = new Map(turns.map((turn) => [turn.id, turn]));
  const asked = new Map<string, Message>();
  const began = new Set<string>();
  const lastAsked = new Map<string, Message>();
  for (const message of messages) {
    const { id, role, threadId, turnId, imported, forkedFrom, note } = message;
    if (role === "user" && !note) {
      asked.set(id, message);
      began.add(turnId);
      lastAsked.set(threadId, message);
    }
    if (role !== "assistant" || imported || forkedFrom || anew.has(turnId)) continue;
    const turn = known.get(turnId);
    // Before the first question that is here, an answer's own may only not have been read yet.
    const isUsual = began.has(turnId) || !lastAsked.has(threadId);
    if (turn ? turn.regenerates === undefined : isUsual) continue;
    const question = turn && asked.get(turn.messageId);
    const isNext = question?.turnId === lastAsked.get(threadId)?.turnId;
    anew.set(turnId, question && !isNext ? { question } : {});
  }
  return anew;
}

/** By turn: the last of its answers. */
export function lastAnswers(messages: readonly Message[]): ReadonlyMap<string, string> {
  const answers = messages.filter(({ role }) => role === "assistant");
  return new Map(answers.map(({ id, turnId }) => [turnId, id]));
}
