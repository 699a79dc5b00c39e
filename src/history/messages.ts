import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gt,
  gte,
  isNull,
  lt,
  type SQLWrapper,
  sql,
} from "drizzle-orm";
import { unionAll } from "drizzle-orm/sqlite-core";
import * as z from "zod";
import { fitting } from "../protocol/bytes";
import { LIMITS } from "../protocol/limits";
import { type Message, type MessageRole, messageRole } from "../protocol/message";
import { jsonSet, openDatabase } from "./database";
import { readMessage } from "./rows";
import { messages } from "./schema";

export type MessageRange = {
  /** Whether those are among them that were superseded. */
  superseded?: boolean | undefined;
  /** Ids that are none of them. */
  without?: readonly string[] | undefined;
  threadId?: string | undefined;
  roles?: MessageRole[] | undefined;
  /** Exclusive: the newest before it. */
  beforeSeq?: number | undefined;
  /** Exclusive: the oldest after it, up to `beforeSeq` where that is given too. */
  afterSeq?: number | undefined;
  limit: number;
  /** Bytes of the page, by what its rows hold; a page has at least one message. */
  bytes?: number | undefined;
};

/** A page, oldest first, and whether there are more in its direction: newer ones with `afterSeq`, else older ones. */
export type MessagePage = { items: Message[]; hasMore: boolean };

/** Bytes up to which a message comes with the page's first statement: even a page of all such is bounded. */
const INLINE_BYTES = Math.floor(LIMITS.pageBytes / (LIMITS.pageItems + 1));

/** A stretch of a task's projected messages; without bounds the newest ones. */
export async function readMessages(
  db: D1Database,
  taskId: string,
  range: MessageRange,
): Promise<MessagePage> {
  const { roles = messageRole.options, afterSeq, limit, bytes = LIMITS.pageBytes } = range;
  const forward = afterSeq !== undefined;
  // Each role is a range of an index in the order of `seq`; merged they give any page of any filter.
  const [first, second, ...others] = [...new Set(roles)].map((role) =>
    ofRole(db, taskId, { ...range, role }),
  );
  if (!first) return { items: [], hasMore: false };
  const source = second ? unionAll(first, second, ...others) : first;
  // One more than asked tells whether there are further ones.
  const rows = await source
    .orderBy(forward ? asc(messages.seq) : desc(messages.seq))
    .limit(limit + 1);
  const asked = rows.slice(0, limit);
  const count = fitting(
    asked.map((row) => sizeOf.parse(row).bytes),
    bytes,
  );
  const items = await whole(db, asked.slice(0, count));
  return { items: forward ? items : items.reverse(), hasMore: count < rows.length };
}

const sizeOf = z.object({ id: z.string(), bytes: z.int() });

/** The rows' messages, with those that were too long for the first statement read by a second. */
async function whole(db: D1Database, rows: Record<string, unknown>[]): Promise<Message[]> {
  const long = rows.map((row) => sizeOf.parse(row)).filter(({ bytes }) => bytes > INLINE_BYTES);
  if (long.length === 0) return rows.map(readMessage);
  const found = await openDatabase(db)
    .select()
    .from(messages)
    .where(sql`${messages.id} IN ${jsonSet(long.map(({ id }) => id))}`);
  const byId = new Map(found.map((row) => [row.id, row]));
  return rows.flatMap((row) => {
    const { id, bytes } = sizeOf.parse(row);
    const read = bytes > INLINE_BYTES ? byId.get(id) : row;
    // One that was superseded between the two statements is no longer there.
    return read ? [readMessage(read)] : [];
  });
}

const { content, thinking, metadata, ...short } = getTableColumns(messages);
const BYTES = sql<number>`octet_length(${content}) + coalesce(octet_length(${thinking}), 0)
  + octet_length(${metadata})`;
const inline = (column: SQLWrapper) =>
  sql`iif(${BYTES} <= ${sql.raw(`${INLINE_BYTES}`)}, ${column}, NULL)`;
const columns = {
  ...short,
  content: inline(content).as("content"),
  thinking: inline(thinking).as("thinking"),
  metadata: inline(metadata).mapWith(metadata).as("metadata"),
  bytes: BYTES.as("bytes"),
};

function ofRole(
  db: D1Database,
  taskId: string,
  { role, threadId, beforeSeq, afterSeq, ...which }: MessageRange & { role: MessageRole },
) {
  const { superseded = false, without = [] } = which;
  return openDatabase(db)
    .select(columns)
    .from(messages)
    .where(
      and(
        eq(messages.taskId, taskId),
        threadId === undefined ? undefined : eq(messages.threadId, threadId),
        eq(messages.role, role),
        beforeSeq === undefined ? undefined : lt(messages.seq, beforeSeq),
        afterSeq === undefined ? undefined : gt(messages.seq, afterSeq),
        superseded ? undefined : isNull(messages.supersededBy),
        without.length === 0 ? undefined : sql`${messages.id} NOT IN ${jsonSet(without)}`,
      ),
    );
}

/** How many messages of a task there are before a `seq`. */
export async function countMessagesBefore(
  db: D1Database,
  taskId: string,
  seq: number,
): Promise<number> {
  const ofTask = and(eq(messages.taskId, taskId), lt(messages.seq, seq));
  return openDatabase(db).$count(messages, ofTask);
}

/** The ids of a thread's messages with `fromSeq <= seq < beforeSeq` that stand, oldest first. */
export async function standingIds(
  db: D1Database,
  taskId: string,
  { threadId, fromSeq, beforeSeq }: { threadId: string; fromSeq: number; beforeSeq: number },
): Promise<string[]> {
  const ids: string[] = [];
  for (let from = fromSeq; ; ) {
    const rows = await openDatabase(db)
      .select({ id: messages.id, seq: messages.seq })
      .from(messages)
      .where(
        and(
          eq(messages.taskId, taskId),
          eq(messages.threadId, threadId),
          gte(messages.seq, from),
          lt(messages.seq, beforeSeq),
          isNull(messages.supersededBy),
        ),
      )
      .orderBy(asc(messages.seq))
      .limit(ID_ROWS);
    ids.push(...rows.map(({ id }) => id));
    const last = rows.at(-1);
    if (!last || rows.length < ID_ROWS) return ids;
    from = last.seq + 1;
  }
}
const ID_ROWS = 10_000;

/** A projected message of this task. */
export async function findMessage(
  db: D1Database,
  taskId: string,
  messageId: string,
): Promise<Message | undefined> {
  const row = await openDatabase(db)
    .select()
    .from(messages)
    .where(and(eq(messages.id, messageId), eq(messages.taskId, taskId)))
    .get();
  return row && readMessage(row);
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
