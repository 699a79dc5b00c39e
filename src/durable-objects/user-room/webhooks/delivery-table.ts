import * as z from "zod";
import { LIMITS } from "../../../protocol/limits";
import { toTimestamp } from "../../../protocol/time";
import { type UserEventType, userEventType } from "../../../protocol/user-events";
import { type Delivery, delivery } from "../../../protocol/webhooks";

const row = z.object({
  position: z.int(),
  id: z.string(),
  webhook_id: z.string(),
  task_id: z.string(),
  type: userEventType,
  payload: z.string(),
  status: delivery.shape.status,
  created_at: z.int(),
  due_at: z.int(),
  give_up_at: z.int(),
  attempts: z.int(),
  attempted_at: z.int().nullable(),
  answered: z.int().nullable(),
});
const rows = z.array(row);
export type DeliveryRow = z.infer<typeof row>;

const countRows = z.tuple([z.object({ n: z.int() })]);
const timeRows = z.tuple([z.object({ at: z.int().nullable() })]);

const HOUR_MS = 60 * 60 * 1000;

export type NewDelivery = {
  id: string;
  webhookId: string;
  /** Empty where the event is of no task. */
  taskId: string;
  type: UserEventType;
  payload: string;
  now: number;
};

export type Attempt = { status: Delivery["status"]; answered: number | undefined; now: number };

/** Each webhook's queue and what became of it, in the order of the user's log. */
export class DeliveryTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add({ id, webhookId, taskId, type, payload, now }: NewDelivery): void {
    this.#sql.exec(
      `INSERT INTO deliveries (id, webhook_id, task_id, type, payload, status, created_at, due_at,
         give_up_at, attempts) VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, ?, 0)`,
      id,
      webhookId,
      taskId,
      type,
      payload,
      now,
      now,
      now + LIMITS.deliveryHours * HOUR_MS,
    );
  }

  get(id: string): DeliveryRow | undefined {
    return this.#read("SELECT * FROM deliveries WHERE id = ?", id)[0];
  }

  /** The first that waits of each task: those behind it wait for it. */
  heads(webhookId: string): DeliveryRow[] {
    return this.#read(
      `SELECT * FROM deliveries WHERE position IN (SELECT min(position) FROM deliveries
         WHERE webhook_id = ? AND status = 'pending' GROUP BY task_id) ORDER BY due_at, position`,
      webhookId,
    );
  }

  /** Newest first. */
  list(webhookId: string, limit: number, before = Number.MAX_SAFE_INTEGER): DeliveryRow[] {
    return this.#read(
      `SELECT * FROM deliveries WHERE webhook_id = ? AND position < ?
         ORDER BY position DESC LIMIT ?`,
      webhookId,
      before,
      limit,
    );
  }

  waiting(webhookId: string): number {
    const query =
      "SELECT count(*) AS n FROM deliveries WHERE webhook_id = ? AND status = 'pending'";
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

  /** To be tried now, and again for as long as a new one. */
  requeue(id: string, now: number): void {
    const query =
      "UPDATE deliveries SET status = 'pending', due_at = ?, give_up_at = ? WHERE id = ?";
    this.#sql.exec(query, now, now + LIMITS.deliveryHours * HOUR_MS, id);
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

  /** Finished ones that are too old or too many. */
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

/** A delivery as callers see it. */
export function deliveryView(kept: DeliveryRow): Delivery {
  const { id, webhook_id, type, task_id, status, attempts, attempted_at, answered } = kept;
  const tried = attempted_at !== null;
  return {
    id,
    webhookId: webhook_id,
    type,
    ...(task_id !== "" && { taskId: task_id }),
    createdAt: toTimestamp(kept.created_at),
    status,
    attempts,
    ...(tried && { lastAttemptAt: toTimestamp(attempted_at) }),
    ...(answered !== null && { lastStatus: answered }),
    ...(tried && status === "pending" && { nextAttemptAt: toTimestamp(kept.due_at) }),
  };
}
