import type { LogFact } from "../../protocol/events";
import type { Message } from "../../protocol/message";
import type { GivenMessage } from "../../protocol/rest/given-history";
import { DEFAULT_THREAD } from "../../protocol/turn";
import type { Draft } from "../turn/draft";

/** The ids that a message takes in the task; `turnId` is that of no turn. */
export type GivenIds = { messageId: string; turnId: string };
export type Importer = { userId: string; name?: string };

/**
 * Writes a conversation that was held elsewhere into a task's log, before its first turn. What people
 * said there its importer answers for, under the name that it was said by. A user's message begins an
 * exchange, and what follows it belongs to the same, as it does with turns.
 */
export function importHistory(
  draft: Draft,
  history: readonly GivenMessage[],
  { importer, ids }: { importer: Importer; ids: readonly GivenIds[] },
): void {
  let exchange = ids[0]?.turnId;
  history.forEach((given, i) => {
    const own = ids[i];
    if (!own) throw new Error("a message of a given history has no id");
    if (given.role === "user") exchange = own.turnId;
    const turnId = exchange ?? own.turnId;
    draft.emit(said(draft, given, { messageId: own.messageId, turnId }, importer));
  });
  if (history.length > 0) draft.setRoom({ importedThrough: draft.nextSeq - 1 });
}

function said(
  draft: Draft,
  { role, content, name }: GivenMessage,
  { messageId, turnId }: GivenIds,
  importer: Importer,
): LogFact {
  const named = name === undefined ? {} : { name };
  const message: Message = {
    id: messageId,
    seq: draft.nextSeq,
    taskId: draft.room.state.task.id,
    turnId,
    threadId: DEFAULT_THREAD,
    role,
    content,
    ...(role !== "assistant" && { author: { ...importer, ...named } }),
    ...(role === "assistant" && name !== undefined && { bot: name }),
    status: "complete",
    createdAt: draft.ts,
    imported: true,
    metadata: {},
  };
  return { type: "chat:message", data: { message } };
}
