import * as z from "zod";
import { type Bound, bytesOf, isPast, MAILBOX_BOUNDS } from "../../../engine/user/mailbox-rules";
import type { AckNotifications } from "../../../protocol/rest/notifications";
import { toTimestamp } from "../../../protocol/time";
import {
  type KeptNotification,
  type Notification,
  notification,
} from "../../../protocol/user-events";

const rows = z.array(
  z.object({ seq: z.int(), acknowledged_at: z.int().nullable(), body: z.string() }),
);
const boundRows = z.tuple([z.object({ rows: z.int(), bytes: z.int() })]);
const countRows = z.tuple([z.object({ unread: z.int() })]);
const timeRows = z.tuple([z.object({ at: z.int().nullable() })]);

/** `since`: those from before are as good as gone. Milliseconds since 1970. */
export type NotificationFilter = {
  unread: boolean;
  since: number;
  before?: number | undefined;
  limit: number;
};

export type Listed = { seq: number; notification: KeptNotification };

/** Notifications by the `seq` of their event. */
export class NotificationTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** `inviter`: who made the task, empty where it is the user's own. */
  add(seq: number, told: Notification, { now, inviter }: { now: number; inviter: string }): void {
    this.#sql.exec(
      `INSERT INTO notifications (seq, id, task_id, at, body, inviter, bytes)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      seq,
      told.id,
      told.taskId ?? null,
      now,
      JSON.stringify(told),
      inviter,
      bytesOf(told),
    );
    if (inviter === "") this.#bound("inviter = ?", inviter, MAILBOX_BOUNDS.own);
    else {
      this.#bound("inviter = ?", inviter, MAILBOX_BOUNDS.inviter);
      this.#bound("inviter > ?", "", MAILBOX_BOUNDS.invited);
    }
  }

  unread(since: number): number {
    const query = `SELECT count(*) AS unread FROM notifications
      WHERE acknowledged_at IS NULL AND at > ?`;
    return countRows.parse(this.#sql.exec(query, since).toArray())[0].unread;
  }

  /** Newest first. */
  list({ unread, since, before, limit }: NotificationFilter): Listed[] {
    const query = `SELECT seq, acknowledged_at, body FROM notifications
      WHERE at > ? AND seq < ? ${unread ? "AND acknowledged_at IS NULL" : ""}
      ORDER BY seq DESC LIMIT ?`;
    const found = this.#sql.exec(query, since, before ?? Number.MAX_SAFE_INTEGER, limit);
    return rows.parse(found.toArray()).map(({ seq, acknowledged_at, body }) => {
      const told = notification.parse(JSON.parse(body));
      const read = acknowledged_at !== null && { acknowledgedAt: toTimestamp(acknowledged_at) };
      return { seq, notification: { ...told, ...read } };
    });
  }

  acknowledge(which: AckNotifications, now: number): void {
    if ("upTo" in which) {
      // It may have gone with its task since it was seen: its id tells its time.
      const query = `UPDATE notifications SET acknowledged_at = ?1 WHERE acknowledged_at IS NULL
        AND iif(EXISTS (SELECT 1 FROM notifications WHERE id = ?2),
          seq <= (SELECT seq FROM notifications WHERE id = ?2), id < ?2)`;
      this.#sql.exec(query, now, which.upTo);
      return;
    }
    const query = `UPDATE notifications SET acknowledged_at = ?
      WHERE id = ? AND acknowledged_at IS NULL`;
    for (const id of which.ids) this.#sql.exec(query, now, id);
  }

  /**
   * Those of a task that was deleted, or of which the user is no member any more, would lead nowhere
   * and tell of what was to be erased.
   */
  forgetTask(taskId: string): void {
    this.#sql.exec("DELETE FROM notifications WHERE task_id = ?", taskId);
  }

  prune(before: number): void {
    this.#sql.exec("DELETE FROM notifications WHERE at <= ?", before);
  }

  oldest(): number | null {
    const query = "SELECT (SELECT at FROM notifications ORDER BY seq LIMIT 1) AS at";
    return timeRows.parse(this.#sql.exec(query).toArray())[0].at;
  }

  /** Lets go of the oldest of a kind until the rest is within its bound. */
  #bound(where: string, value: string, most: Bound): void {
    const measure = `SELECT count(*) AS rows, coalesce(sum(bytes), 0) AS bytes FROM notifications
      WHERE ${where}`;
    const kept = () => boundRows.parse(this.#sql.exec(measure, value).toArray())[0];
    const oldest = `DELETE FROM notifications
      WHERE seq = (SELECT min(seq) FROM notifications WHERE ${where})`;
    while (isPast(kept(), most)) this.#sql.exec(oldest, value);
  }
}
