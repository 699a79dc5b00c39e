import type { Message } from "../../../protocol/message";

/** The message that a turn answers, where it answers another turn's anew. */
type QuestionOf = (turnId: string) => string | undefined;

/**
 * Messages as a model is told them: in the order of the log, but for an answer that was given anew. It
 * stands after its question, where the first one stood, whatever was said meanwhile.
 */
export function inPlace(messages: readonly Message[], questionOf: QuestionOf): Message[] {
  const { own, seqs } = placesIn(messages);
  const place = (message: Message) => {
    if (message.role !== "assistant" || own.has(message.turnId)) return message.seq;
    return seqs.get(questionOf(message.turnId) ?? "") ?? message.seq;
  };
  return messages
    .map((message) => ({ message, place: place(message) }))
    .sort((a, b) => a.place - b.place || a.message.seq - b.message.seq)
    .map(({ message }) => message);
}

/** Those of the answers that are to questions among what was said. */
export function answersOf(
  said: readonly Message[],
  answers: readonly Message[],
  questionOf: QuestionOf,
): Message[] {
  const { own, seqs } = placesIn(said);
  return answers.filter(({ turnId }) => own.has(turnId) || seqs.has(questionOf(turnId) ?? ""));
}

function placesIn(messages: readonly Message[]) {
  const asked = messages.filter(({ role }) => role === "user");
  return {
    own: new Set(asked.map(({ turnId }) => turnId)),
    seqs: new Map(asked.map(({ id, seq }) => [id, seq])),
  };
}
