import * as z from "zod";
import type { MessagePage } from "../../../history/messages";
import { fitting } from "../../../protocol/bytes";
import type { LogEvent } from "../../../protocol/events";
import type { MessagesSuperseded } from "../../../protocol/events/messages-superseded";
import type { Message, MessageRole } from "../../../protocol/message";
import { readJson, storedMessage } from "./stored";

/** `superseded`: those are among them that were. */
export type MessageFilter = { threadId?: string; roles?: MessageRole[]; superseded?: boolean };
/** `fromSeq`: what lies before is passed over. `bytes`: of the page as JSON. */
export type MessageRange = {
  fromSeq?: number | undefined;
  beforeSeq?: number | undefined;
  afterSeq?: number | undefined;
  limit: number;
  bytes: number;
};

const sizeRows = z.array(z.object({ seq: z.int(), bytes: z.int() }));
const messageRows = z.array(z.object({ body: z.string(), superseded_by: z.string().nullable() }));
const idRows = z.array(z.object({ id: z.string() }));
const countRows = z.tuple([z.object({ n: z.int() })]);
const seqRows = z.array(z.object({ seq: z.int().nullable() }));

/** The messages that the room keeps: all that D1 may not have yet, and the recent ones. */
export class MessageTable {
  readonly #sql: SqlStorage;
  #count: number | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Writes what the events say of messages. */
  apply(events: LogEvent[]): void {
    for (const event of events) {
      const message = finishedMessage(event);
      // A first attempt has left nothing to supersede; looking would read the table for nothing.
      if (event.type === "chat:start" && event.data.attempt > 1) this.#remove(event.data.messageId);
      if (message) this.#insert(message);
      if (event.type === "messages:superseded") this.#supersede(event.data);
    }
  }

  /** Keeps a message that no event of the log says. */
  keep(message: Message): void {
    this.#insert(message);
  }

  /**
   * Oldest first: the newest `limit` before `beforeSeq`, the oldest after `afterSeq`, or the newest; fewer
   * where they are over `bytes`, but one where there is any. Looks at sizes first, and reads what fits.
   */
  read(filter: MessageFilter, range: MessageRange): MessagePage {
    const { beforeSeq, afterSeq, fromSeq = 0, limit, bytes } = range;
    const { where, values } = conditionOf(filter);
    const order = afterSeq === undefined ? "DESC" : "ASC";
    const sizes = sizeRows.parse(
      this.#sql
        .exec(
          `SELECT seq, octet_length(body) AS bytes FROM messages
            WHERE seq < ? AND seq > ?${where} ORDER BY seq ${order} LIMIT ?`,
          beforeSeq ?? Number.MAX_SAFE_INTEGER,
          Math.max(afterSeq ?? 0, fromSeq - 1),
          ...values,
          limit + 1,
        )
        .toArray(),
    );
    const asked = sizes.slice(0, limit);
    const fit = asked.slice(
      0,
      fitting(
        asked.map((row) => row.bytes),
        bytes,
      ),
    );
    return { items: this.#between(filter, fit), hasMore: fit.length < sizes.length };
  }

  #between(filter: MessageFilter, rows: { seq: number }[]): Message[] {
    const seqs = rows.map(({ seq }) => seq);
    if (seqs.length === 0) return [];
    const { where, values } = conditionOf(filter);
    const query = `SELECT body, superseded_by FROM messages
      WHERE seq BETWEEN ? AND ?${where} ORDER BY seq`;
    const found = this.#sql.exec(query, Math.min(...seqs), Math.max(...seqs), ...values);
    return messageRows.parse(found.toArray()).map(messageIn);
  }

  count(): number {
    const query = "SELECT count(*) AS n FROM messages";
    this.#count ??= countRows.parse(this.#sql.exec(query).toArray())[0].n;
    return this.#count;
  }

  /** Rows came or went that this table was not asked for. */
  recount(): void {
    this.#count = undefined;
  }

  get(messageId: string): Message | undefined {
    const query = "SELECT body, superseded_by FROM messages WHERE id = ?";
    const [row] = messageRows.parse(this.#sql.exec(query, messageId).toArray());
    return row && messageIn(row);
  }

  /** Those of a thread from a `seq` on that stand. */
  idsFrom(threadId: string, seq: number): string[] {
    const query = `SELECT id FROM messages
      WHERE seq >= ? AND thread_id = ? AND superseded_by IS NULL ORDER BY seq`;
    const rows = idRows.parse(this.#sql.exec(query, seq, threadId).toArray());
    return rows.map(({ id }) => id);
  }

  /** The answers of some turns that stand, from a `seq` on. */
  answersOf(turnIds: readonly string[], fromSeq: number): string[] {
    const query = `SELECT id FROM messages WHERE seq >= ? AND role = 'assistant'
      AND superseded_by IS NULL
      AND body ->> '$.turnId' IN (SELECT value FROM json_each(?)) ORDER BY seq`;
    const rows = this.#sql.exec(query, fromSeq, JSON.stringify(turnIds)).toArray();
    return idRows.parse(rows).map(({ id }) => id);
  }

  /** How many stand from a `seq` on. */
  countStanding(fromSeq: number): number {
    const query = "SELECT count(*) AS n FROM messages WHERE seq >= ? AND superseded_by IS NULL";
    return countRows.parse(this.#sql.exec(query, fromSeq).toArray())[0].n;
  }

  seqOf(messageId: string): number | undefined {
    const query = "SELECT seq FROM messages WHERE id = ?";
    return seqRows.parse(this.#sql.exec(query, messageId).toArray())[0]?.seq ?? undefined;
  }

  /** Takes messages back that the database has kept meanwhile. */
  readBack(messages: readonly Message[]): void {
    this.#count = undefined;
    for (const message of messages) this.#insert(message, "OR IGNORE");
  }

  #insert(message: Message, otherwise = ""): void {
    if (this.#count !== undefined) this.#count++;
    this.#sql.exec(
      `INSERT ${otherwise} INTO messages (seq, id, thread_id, role, body) VALUES (?, ?, ?, ?, ?)`,
      message.seq,
      message.id,
      message.threadId,
      message.role,
      JSON.stringify(message),
    );
  }

  /** What was first to take a message's place stays. */
  #supersede({ messageIds, by }: MessagesSuperseded): void {
    this.#sql.exec(
      `UPDATE messages SET superseded_by = ?
        WHERE id IN (SELECT value FROM json_each(?)) AND superseded_by IS NULL`,
      by,
      JSON.stringify(messageIds),
    );
  }

  #remove(messageId: string): void {
    this.#count = undefined;
    this.#sql.exec("DELETE FROM messages WHERE id = ?", messageId);
  }
}

function messageIn({ body, superseded_by: by }: z.infer<typeof messageRows>[number]): Message {
  const message = readJson(storedMessage, body);
  return by === null ? message : { ...message, supersededBy: by };
}

function conditionOf({ threadId, roles, superseded }: MessageFilter): {
  where: string;
  values: string[];
} {
  const thread = threadId === undefined ? "" : " AND thread_id = ?";
  const role = roles ? ` AND role IN (${roles.map(() => "?").join(", ")})` : "";
  return {
    where: thread + role + (superseded ? "" : " AND superseded_by IS NULL"),
    values: [...(threadId === undefined ? [] : [threadId]), ...(roles ?? [])],
  };
}

/** The message that an event puts into history, if it does. */
export function finishedMessage(event: LogEvent): Message | null {
  switch (event.type) {
    case "chat:message":
    case "chat:done":
    case "chat:cancelled":
      return event.data.message;
    case "chat:error":
      return event.data.partial;
    default:
      return null;
  }
}
