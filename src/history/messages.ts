import { and, asc, desc, eq, gt, lt } from "drizzle-orm";
import { unionAll } from "drizzle-orm/sqlite-core";
import { type Message, type MessageRole, messageRole } from "../protocol/message";
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
  const { roles = messageRole.options, beforeSeq, afterSeq, limit } = range;
  const forward = afterSeq !== undefined && beforeSeq === undefined;
  // Each role is a range of an index in the order of `seq`; merged they give any page of any filter.
  const [first, second, ...others] = [...new Set(roles)].map((role) =>
    ofRole(db, taskId, { ...range, role }),
  );
  if (!first) return [];
  const source = second ? unionAll(first, second, ...others) : first;
  const rows = await source.orderBy(forward ? asc(messages.seq) : desc(messages.seq)).limit(limit);
  const found = rows.map(readMessage);
  return forward ? found : found.reverse();
}

function ofRole(
  db: D1Database,
  taskId: string,
  { role, threadId, beforeSeq, afterSeq }: MessageRange & { role: MessageRole },
) {
  return openDatabase(db)
    .select()
    .from(messages)
    .where(
      and(
        eq(messages.taskId, taskId),
        threadId === undefined ? undefined : eq(messages.threadId, threadId),
        eq(messages.role, role),
        beforeSeq === undefined ? undefined : lt(messages.seq, beforeSeq),
        afterSeq === undefined ? undefined : gt(messages.seq, afterSeq),
      ),
    );
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
