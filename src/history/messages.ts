import { and, asc, desc, eq, gt, inArray, lt } from "drizzle-orm";
import type { Message, MessageRole } from "../protocol/message";
import { openDatabase } from "./database";
import { readMessage } from "./rows";
import { messages } from "./schema";

export type MessageRange = {
  threadId?: string | undefined;
  roles?: MessageRole[] | undefined;
  /** Exclusive: the newest before it. */
  beforeSeq?: number | undefined;
  /** Exclusive: the oldest after it. */
  afterSeq?: number | undefined;
  limit: number;
};

/** A stretch of a task's projected messages, oldest first; without bounds the newest ones. */
export async function readMessages(
  db: D1Database,
  taskId: string,
  range: MessageRange,
): Promise<Message[]> {
  const { threadId, roles, beforeSeq, afterSeq, limit } = range;
  const forward = afterSeq !== undefined && beforeSeq === undefined;
  const rows = await openDatabase(db)
    .select()
    .from(messages)
    .where(
      and(
        eq(messages.taskId, taskId),
        threadId === undefined ? undefined : eq(messages.threadId, threadId),
        roles === undefined ? undefined : inArray(messages.role, roles),
        beforeSeq === undefined ? undefined : lt(messages.seq, beforeSeq),
        afterSeq === undefined ? undefined : gt(messages.seq, afterSeq),
      ),
    )
    .orderBy(forward ? asc(messages.seq) : desc(messages.seq))
    .limit(limit);
  const found = rows.map(readMessage);
  return forward ? found : found.reverse();
}

/** The `seq` of a projected message of this task. */
export async function findMessageSeq(
  db: D1Database,
  taskId: string,
  messageId: string,
): Promise<number | undefined> {
  const row = await openDatabase(db)
    .select({ seq: messages.seq })
    .from(messages)
    .where(and(eq(messages.id, messageId), eq(messages.taskId, taskId)))
    .get();
  return row?.seq;
}
