import type { Message } from "../../protocol/message";
import type { Draft } from "../turn/draft";
import type { Copying } from "../turn/room";

/** The task that a message is copied into, its place there, and the ids that it takes. */
export type CopyPlace = { taskId: string; seq: number; messageId: string; turnId: string };

/** A source's message as the fork has it: the same words of the same people, under ids of the fork's. */
export function copyOf(source: Message, { taskId, seq, messageId, turnId }: CopyPlace): Message {
  const { replaces: _, supersededBy: __, ...said } = source;
  const forkedFrom = { taskId: source.taskId, messageId: source.id };
  return { ...said, id: messageId, seq, taskId, turnId, forkedFrom };
}

export type Carried = {
  /** The newest messages, oldest first; their places follow from the log. */
  newest: Message[];
  /** System text of before them. */
  words: Message[];
  /** What is left to be copied of the rest; nothing where there is none. */
  copying?: Copying | undefined;
};

/**
 * Begins a fork's log with the newest part of its source's history, as copies that have no `seq` of
 * the log's yet. System text goes to the models of all turns to come, as in the source.
 */
export function carryHistory(draft: Draft, { newest, words, copying }: Carried): void {
  for (const message of words) draft.keepOlder(message);
  let lastWords = words.at(-1)?.seq;
  for (const message of newest) {
    if (message.role === "system") lastWords = draft.nextSeq;
    draft.emit({ type: "chat:message", data: { message: { ...message, seq: draft.nextSeq } } });
  }
  draft.setRoom({
    ...(lastWords !== undefined && { importedThrough: lastWords }),
    ...(copying && { copying }),
  });
}
