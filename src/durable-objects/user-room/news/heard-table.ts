import * as z from "zod";
import { MAILBOX_BOUNDS } from "../../../engine/user/mailbox-rules";
import type { UserNews } from "../../../engine/user/news";
import type { TaskNews } from "../api";
import type { Version } from "../tasks/version";

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

  /**
   * What of this has not been heard yet, and is of the time in which the user is a member. `gone`: with
   * which `seq` the task was gone, where it is. Its end is news until then, whatever else was heard.
   */
  fresh({ taskId, epoch, items }: TaskNews, gone: Version | undefined): UserNews[] {
    const last = this.#get(taskId);
    const isUnheard = ({ seq, n, event }: UserNews) =>
      last?.epoch !== epoch ||
      seq > last.seq ||
      (seq === last.seq && n > last.n) ||
      (event.type === "task:deleted" && !gone);
    const isLate = ({ seq }: UserNews) => gone?.epoch === epoch && seq < gone.seq;
    const unheard = items.filter((item) => isUnheard(item) && !isLate(item));
    return last?.has_left ? sinceArrival(unheard) : unheard;
  }

  /** `last` is the last of what was fresh: with it the user is a member. */
  mark(news: TaskNews, { seq, n, event }: UserNews, now: number): void {
    const { taskId, epoch, inviter = "" } = news;
    const isNew = this.#get(taskId) === undefined;
    // A room of the last release says what happened, and not how the task is.
    const isListed = news.entry || event.type === "task:deleted" ? 1 : 0;
    const query = `INSERT OR REPLACE INTO heard
      (task_id, epoch, seq, n, at, inviter, has_left, is_listed) VALUES (?, ?, ?, ?, ?, ?, 0, ?)`;
    this.#sql.exec(query, taskId, epoch, seq, n, now, inviter, isListed);
    if (isNew) this.#bound(inviter === "" ? "inviter = ''" : "inviter <> ''", mostHeard(inviter));
  }

  /** The user is no member any more; what its room had sent before that is not to be heard. */
  leave(taskId: string): void {
    this.#sql.exec("UPDATE heard SET has_left = 1, is_listed = 2 WHERE task_id = ?", taskId);
  }

  /** The last `seq` of a task's room that was heard, by the log that the task is of; 0 where none was. */
  seqOf({ id, epoch }: { id: string; epoch: string }): number {
    const last = this.#get(id);
    return last?.epoch === epoch ? last.seq : 0;
  }

  /** Tasks of which something was heard that the list does not have. */
  unlisted(limit: number): string[] {
    const query = `SELECT task_id FROM heard
      WHERE is_listed = 0 OR (is_listed = 1 AND has_left = 1) LIMIT ?`;
    return taskRows.parse(this.#sql.exec(query, limit).toArray()).map((row) => row.task_id);
  }

  /** The list has what was heard, or its room is about to be asked. */
  list(taskId: string): void {
    this.#sql.exec("UPDATE heard SET is_listed = 1 + has_left WHERE task_id = ?", taskId);
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
