import * as z from "zod";
import type { LogEvent } from "../../../protocol/events";
import type { Message, MessageRole } from "../../../protocol/message";
import { bodyRows, readJson, storedMessage } from "./stored";

export type MessageFilter = { threadId?: string; roles?: MessageRole[] };
export type MessageRange = { beforeSeq?: number; afterSeq?: number; limit: number };

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
    }
  }

  /** Oldest first: the newest `limit` before `beforeSeq`, the oldest after `afterSeq`, or the newest. */
  read(filter: MessageFilter, { beforeSeq, afterSeq, limit }: MessageRange): Message[] {
    const where = ["seq < ?", "seq > ?"];
    const values: (string | number)[] = [beforeSeq ?? Number.MAX_SAFE_INTEGER, afterSeq ?? 0];
    if (filter.threadId !== undefined) {
      where.push("thread_id = ?");
      values.push(filter.threadId);
    }
    if (filter.roles) {
      where.push(`role IN (${filter.roles.map(() => "?").join(", ")})`);
      values.push(...filter.roles);
    }
    const order = afterSeq === undefined ? "DESC" : "ASC";
    const query = `SELECT body FROM messages WHERE ${where.join(" AND ")} ORDER BY seq ${order} LIMIT ?`;
    const rows = bodyRows.parse(this.#sql.exec(query, ...values, limit).toArray());
    const messages = rows.map((row) => readJson(storedMessage, row.body));
    return afterSeq === undefined ? messages.reverse() : messages;
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

  seqOf(messageId: string): number | undefined {
    const query = "SELECT seq FROM messages WHERE id = ?";
    return seqRows.parse(this.#sql.exec(query, messageId).toArray())[0]?.seq ?? undefined;
  }

  #insert(message: Message): void {
    if (this.#count !== undefined) this.#count++;
    this.#sql.exec(
      "INSERT INTO messages (seq, id, thread_id, role, body) VALUES (?, ?, ?, ?, ?)",
      message.seq,
      message.id,
      message.threadId,
      message.role,
      JSON.stringify(message),
    );
  }

  #remove(messageId: string): void {
    this.#count = undefined;
    this.#sql.exec("DELETE FROM messages WHERE id = ?", messageId);
  }
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
