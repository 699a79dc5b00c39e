import * as z from "zod";

const rows = z.array(z.object({ task_id: z.string(), failures: z.int() }));

/** Tasks whose rooms have to be asked how they are: what was said of them was not enough. */
export class WantedTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add(taskId: string): void {
    const query = "INSERT OR REPLACE INTO wanted (task_id, failures, retry_at) VALUES (?, 0, 0)";
    this.#sql.exec(query, taskId);
  }

  end(taskId: string): void {
    this.#sql.exec("DELETE FROM wanted WHERE task_id = ?", taskId);
  }

  fail(taskId: string, failures: number, retryAt: number): void {
    const query = "UPDATE wanted SET failures = ?, retry_at = ? WHERE task_id = ?";
    this.#sql.exec(query, failures, retryAt, taskId);
  }

  /** Those to be asked now, and how often each could not be. */
  due(now: number, limit: number): { taskId: string; failures: number }[] {
    const query = `SELECT task_id, failures FROM wanted WHERE retry_at <= ?
      ORDER BY retry_at LIMIT ?`;
    const found = rows.parse(this.#sql.exec(query, now, limit).toArray());
    return found.map(({ task_id: taskId, failures }) => ({ taskId, failures }));
  }
}
