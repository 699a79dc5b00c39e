import * as z from "zod";
import { MAILBOX_BOUNDS } from "../../../engine/user/mailbox-rules";
import type { UserNews } from "../../../engine/user/news";
import type { TaskNews } from "../api";

/** What a user hears first of a task. */
const ARRIVALS = new Set<UserNews["event"]["type"]>(["task:created", "task:shared"]);

const rows = z.array(
  z.object({ epoch: z.string(), seq: z.int(), n: z.int(), has_left: z.literal([0, 1]) }),
);

const taskRows = z.array(z.object({ task_id: z.string() }));

/** How far each task's room has been heard. Rooms tell in order, so one place per task suffices. */
export class HeardTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** What of this has not been heard yet, and is of the time in which the user is a member. */
  fresh({ taskId, epoch, items }: TaskNews): UserNews[] {
    const last = this.#get(taskId);
    if (!last) return items;
    const unheard =
      last.epoch === epoch
        ? items.filter(({ seq, n }) => seq > last.seq || (seq === last.seq && n > last.n))
        : items;
    return last.has_left ? sinceArrival(unheard) : unheard;
  }

  /** `last` is the last of what was fresh: with it the user is a member. */
  mark({ taskId, epoch, inviter = "" }: TaskNews, { seq, n }: UserNews, now: number): void {
    const isNew = this.#get(taskId) === undefined;
    const query = `INSERT OR REPLACE INTO heard (task_id, epoch, seq, n, at, inviter, has_left)
      VALUES (?, ?, ?, ?, ?, ?, 0)`;
    this.#sql.exec(query, taskId, epoch, seq, n, now, inviter);
    if (isNew) this.#bound(inviter === "" ? "inviter = ''" : "inviter <> ''", mostHeard(inviter));
  }

  /** The user is no member any more; what its room had sent before that is not to be heard. */
  leave(taskId: string): void {
    this.#sql.exec("UPDATE heard SET has_left = 1 WHERE task_id = ?", taskId);
  }

  /** The last `seq` of a task's room that was heard, by the log that the task is of; 0 where none was. */
  seqOf({ id, epoch }: { id: string; epoch: string }): number {
    const last = this.#get(id);
    return last?.epoch === epoch ? last.seq : 0;
  }

  /** Tasks of which something was heard and that the user has not left, in the order of their ids. */
  tasksAfter(taskId: string, limit: number): string[] {
    const query = `SELECT task_id FROM heard WHERE task_id > ? AND has_left = 0
      ORDER BY task_id LIMIT ?`;
    return taskRows.parse(this.#sql.exec(query, taskId, limit).toArray()).map((row) => row.task_id);
  }

  prune(before: number): void {
    this.#sql.exec("DELETE FROM heard WHERE at <= ?", before);
  }

  #get(taskId: string) {
    const query = "SELECT epoch, seq, n, has_left FROM heard WHERE task_id = ?";
    return rows.parse(this.#sql.exec(query, taskId).toArray())[0];
  }

  #bound(where: string, most: number): void {
    const query = `DELETE FROM heard WHERE task_id IN (SELECT task_id FROM heard WHERE ${where}
      ORDER BY at DESC LIMIT -1 OFFSET ?)`;
    this.#sql.exec(query, most);
  }
}

function mostHeard(inviter: string): number {
  return inviter === "" ? MAILBOX_BOUNDS.heardOwn : MAILBOX_BOUNDS.heardInvited;
}

function sinceArrival(items: UserNews[]): UserNews[] {
  const arrival = items.findIndex(({ event: { type } }) => ARRIVALS.has(type));
  return arrival < 0 ? [] : items.slice(arrival);
}
