import * as z from "zod";
import type { UserNews } from "../../../engine/user/news";
import type { TaskNews } from "../api";

const rows = z.array(z.object({ epoch: z.string(), seq: z.int(), n: z.int() }));

/** How far each task's room has been heard. Rooms tell in order, so one place per task suffices. */
export class HeardTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** What of this has not been heard yet. */
  fresh({ taskId, epoch, items }: TaskNews): UserNews[] {
    const query = "SELECT epoch, seq, n FROM heard WHERE task_id = ?";
    const [last] = rows.parse(this.#sql.exec(query, taskId).toArray());
    if (!last || last.epoch !== epoch) return items;
    return items.filter(({ seq, n }) => seq > last.seq || (seq === last.seq && n > last.n));
  }

  mark({ taskId, epoch }: TaskNews, { seq, n }: UserNews, now: number): void {
    const query =
      "INSERT OR REPLACE INTO heard (task_id, epoch, seq, n, at) VALUES (?, ?, ?, ?, ?)";
    this.#sql.exec(query, taskId, epoch, seq, n, now);
  }

  prune(before: number): void {
    this.#sql.exec("DELETE FROM heard WHERE at <= ?", before);
  }
}
