import * as z from "zod";
import { GONE_KEPT } from "./list-bounds";
import type { Version } from "./version";

const rows = z.array(z.object({ epoch: z.string(), seq: z.int() }));

/** Tasks that the user had: what their rooms had said before that comes too late. */
export class GoneTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get(taskId: string): Version | undefined {
    const query = "SELECT epoch, seq FROM gone WHERE task_id = ?";
    return rows.parse(this.#sql.exec(query, taskId).toArray())[0];
  }

  put(taskId: string, { epoch, seq }: Version): void {
    this.forget(taskId);
    this.#sql.exec("INSERT INTO gone (task_id, epoch, seq) VALUES (?, ?, ?)", taskId, epoch, seq);
    const excess = "DELETE FROM gone WHERE position <= (SELECT max(position) FROM gone) - ?";
    this.#sql.exec(excess, GONE_KEPT);
  }

  forget(taskId: string): void {
    this.#sql.exec("DELETE FROM gone WHERE task_id = ?", taskId);
  }
}
