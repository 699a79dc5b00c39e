import * as z from "zod";
import { type Bound, isPast } from "../../../engine/user/mailbox-rules";
import { WAITING_BOUNDS } from "../../../engine/user/webhook-rules";
import { LIMITS } from "../../../protocol/limits";
import { toTimestamp } from "../../../protocol/time";
import {
  type Delivery,
  delivery,
  WEBHOOK_TEST,
  type WebhookEventType,
  webhookEventType,
} from "../../../protocol/webhooks";

/**
 * The last release reads a webhook's whole queue by a closed list of types, in which tests are not: to
 * be able to go back to it, a test is stored as a type that it knows.
 */
const STORED_TEST: WebhookEventType = "notification";

const row = z.object({
  position: z.int(),
  id: z.string(),
  webhook_id: z.string(),
  /** What it is in line with: a task, nothing, or itself alone where it is a test. */
  task_id: z.string(),
  type: webhookEventType,
  status: delivery.shape.status,
  created_at: z.int(),
  due_at: z.int(),
  give_up_at: z.int(),
  attempts: z.int(),
  attempted_at: z.int().nullable(),
  answered: z.int().nullable(),
});
export type DeliveryRow = z.infer<typeof row>;

/** A test is known by its line. */
const rows = z.array(
  row.transform(
    (kept): DeliveryRow => (kept.task_id === kept.id ? { ...kept, type: WEBHOOK_TEST } : kept),
  ),
);

/** All but the payload, which is read when it is sent. */
const COLUMNS = Object.keys(row.shape).join(", ");

const headRows = z.array(
  z
    .object({ id: z.string(), due_at: z.int() })
    .transform(({ id, due_at }): Head => ({ id, dueAt: due_at })),
);
/** The first of a line. `dueAt`: milliseconds since 1970. */
export type Head = { id: string; dueAt: number };

const payloadRows = z.array(z.object({ payload: z.string() }));
const sizeRows = z.tuple([z.object({ rows: z.int(), bytes: z.int() })]);
const countRows = z.tuple([z.object({ n: z.int() })]);
const timeRows = z.tuple([z.object({ at: z.int().nullable() })]);

const HOUR_MS = 60 * 60 * 1000;

export type NewDelivery = {
  id: string;
  webhookId: string;
  /** Empty where the event is of no task. */
  taskId: string;
  type: WebhookEventType;
  payload: string;
  /** Who made the task; empty where the user did. */
  inviter?: string;
  now: number;
  /** Until when it is tried; by default for `LIMITS.deliveryHours`. Milliseconds since 1970. */
  giveUpAt?: number;
};

export type Attempt = { status: Delivery["status"]; answered: number | undefined; now: number };

/** Each webhook's queue and what became of it, in the order of the user's log. */
export class DeliveryTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add(made: NewDelivery): void {
    const { id, webhookId, taskId, type, payload, inviter = "", now } = made;
    const { giveUpAt = lastTry(now) } = made;
    this.#sql.exec(
      `INSERT INTO deliveries (id, webhook_id, task_id, type, payload, status, created_at, due_at,
         give_up_at, attempts, bytes, inviter) VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, ?, 0, ?, ?)`,
      id,
      webhookId,
      taskId,
      type === WEBHOOK_TEST ? STORED_TEST : type,
      payload,
      now,
      now,
      giveUpAt,
      new TextEncoder().encode(payload).byteLength,
      inviter,
    );
    if (inviter !== "") this.#boundOthers(webhookId, inviter);
  }

  /** The oldest of what others' tasks have to say fail where too much of it waits. */
  #boundOthers(webhookId: string, inviter: string): void {
    this.#failWhile("inviter = ? AND inviter <> ''", [webhookId, inviter], WAITING_BOUNDS.inviter);
    this.#failWhile("inviter <> ''", [webhookId], WAITING_BOUNDS.invited);
  }

  #failWhile(which: string, values: string[], most: Bound): void {
    const where = `webhook_id = ? AND status = 'pending' AND ${which}`;
    const measure = `SELECT count(*) AS rows, coalesce(sum(bytes), 0) AS bytes FROM deliveries
      INDEXED BY deliveries_of_others WHERE ${where}`;
    const oldest = `UPDATE deliveries SET status = 'failed' WHERE position =
      (SELECT min(position) FROM deliveries INDEXED BY deliveries_of_others WHERE ${where})`;
    const kept = () => sizeRows.parse(this.#sql.exec(measure, ...values).toArray())[0];
    while (isPast(kept(), most)) this.#sql.exec(oldest, ...values);
  }

  get(id: string): DeliveryRow | undefined {
    return this.#read(`SELECT ${COLUMNS} FROM deliveries WHERE id = ?`, id)[0];
  }

  payload(id: string): string | undefined {
    const query = "SELECT payload FROM deliveries WHERE id = ?";
    return payloadRows.parse(this.#sql.exec(query, id).toArray())[0]?.payload;
  }

  /** The first that waits of each line, those that are due first: those behind them wait for them. */
  heads(webhookId: string, limit: number): Head[] {
    // Answered from an index alone, but for the ids of the few that are wanted.
    const query = `SELECT deliveries.id, head.due_at FROM (
        SELECT min(position) AS position, due_at FROM deliveries
          WHERE webhook_id = ? AND status = 'pending'
          GROUP BY task_id ORDER BY due_at, position LIMIT ?) AS head
      JOIN deliveries ON deliveries.position = head.position
      ORDER BY head.due_at, head.position`;
    return headRows.parse(this.#sql.exec(query, webhookId, limit).toArray());
  }

  /** Newest first. */
  list(webhookId: string, limit: number, before = Number.MAX_SAFE_INTEGER): DeliveryRow[] {
    return this.#read(
      `SELECT ${COLUMNS} FROM deliveries WHERE webhook_id = ? AND position < ?
         ORDER BY position DESC LIMIT ?`,
      webhookId,
      before,
      limit,
    );
  }

  waiting(webhookId: string): { rows: number; bytes: number } {
    const query = `SELECT count(*) AS rows, coalesce(sum(bytes), 0) AS bytes FROM deliveries
      WHERE webhook_id = ? AND status = 'pending'`;
    return sizeRows.parse(this.#sql.exec(query, webhookId).toArray())[0];
  }

  /** The same without what others' tasks have to say, which has bounds of its own. */
  waitingOfOwn(webhookId: string): { rows: number; bytes: number } {
    const all = this.waiting(webhookId);
    const query = `SELECT count(*) AS rows, coalesce(sum(bytes), 0) AS bytes FROM deliveries
      INDEXED BY deliveries_of_others
      WHERE webhook_id = ? AND status = 'pending' AND inviter <> ''`;
    const [others] = sizeRows.parse(this.#sql.exec(query, webhookId).toArray());
    return { rows: all.rows - others.rows, bytes: all.bytes - others.bytes };
  }

  testsWaiting(webhookId: string): number {
    const query = `SELECT count(*) AS n FROM deliveries
      WHERE webhook_id = ? AND status = 'pending' AND task_id = id`;
    return countRows.parse(this.#sql.exec(query, webhookId).toArray())[0].n;
  }

  note(id: string, { status, answered, now }: Attempt, dueAt = now): void {
    this.#sql.exec(
      `UPDATE deliveries SET status = ?, attempts = attempts + 1, attempted_at = ?, answered = ?,
         due_at = ? WHERE id = ?`,
      status,
      now,
      answered ?? null,
      dueAt,
      id,
    );
  }

  /** To be tried now, and again for as long as a new one; a test once. */
  requeue(id: string, now: number): void {
    const query = `UPDATE deliveries SET status = 'pending', due_at = ?,
      give_up_at = CASE task_id WHEN id THEN ? ELSE ? END WHERE id = ?`;
    this.#sql.exec(query, now, now, lastTry(now), id);
  }

  /** What waits is tried now, and for as long as a new one: its address is another. */
  beginAnew(webhookId: string, now: number): void {
    const query = `UPDATE deliveries SET due_at = ?, give_up_at = ?
      WHERE webhook_id = ? AND status = 'pending' AND task_id <> id`;
    this.#sql.exec(query, now, lastTry(now), webhookId);
  }

  /** Whatever waits is not sent any more. */
  failWaiting(webhookId: string): void {
    const query =
      "UPDATE deliveries SET status = 'failed' WHERE webhook_id = ? AND status = 'pending'";
    this.#sql.exec(query, webhookId);
  }

  removeAll(webhookId: string): void {
    this.#sql.exec("DELETE FROM deliveries WHERE webhook_id = ?", webhookId);
  }

  /** Finished ones that are too old, too many or too large together. */
  prune(webhookId: string, before: number): void {
    this.#sql.exec(
      `DELETE FROM deliveries WHERE webhook_id = ? AND status <> 'pending' AND (created_at <= ?
         OR position <= (SELECT position FROM deliveries WHERE webhook_id = ?
           AND status <> 'pending' ORDER BY position DESC LIMIT 1 OFFSET ?))`,
      webhookId,
      before,
      webhookId,
      LIMITS.deliveriesKept,
    );
    this.#sql.exec(
      `DELETE FROM deliveries WHERE position IN (SELECT position FROM (
         SELECT position, sum(bytes) OVER (ORDER BY position DESC) AS total FROM deliveries
           WHERE webhook_id = ? AND status <> 'pending') WHERE total > ?)`,
      webhookId,
      LIMITS.deliveriesKeptBytes,
    );
  }

  /** When the oldest finished one was made. */
  oldest(): number | null {
    const query = `SELECT (SELECT created_at FROM deliveries WHERE status <> 'pending'
      ORDER BY position LIMIT 1) AS at`;
    return timeRows.parse(this.#sql.exec(query).toArray())[0].at;
  }

  #read(query: string, ...values: (string | number)[]): DeliveryRow[] {
    return rows.parse(this.#sql.exec(query, ...values).toArray());
  }
}

function lastTry(now: number): number {
  return now + LIMITS.deliveryHours * HOUR_MS;
}

/** A delivery as callers see it. */
export function deliveryView(kept: DeliveryRow): Delivery {
  const { id, webhook_id, type, task_id, status, attempts, attempted_at, answered } = kept;
  const tried = attempted_at !== null;
  return {
    id,
    webhookId: webhook_id,
    type,
    ...(task_id !== "" && type !== WEBHOOK_TEST && { taskId: task_id }),
    createdAt: toTimestamp(kept.created_at),
    status,
    attempts,
    ...(tried && { lastAttemptAt: toTimestamp(attempted_at) }),
    ...(answered !== null && { lastStatus: answered }),
    ...(tried && status === "pending" && { nextAttemptAt: toTimestamp(kept.due_at) }),
  };
}
