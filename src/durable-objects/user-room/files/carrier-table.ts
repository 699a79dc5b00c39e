import * as z from "zod";

const rows = z.array(
  z
    .object({
      file_id: z.string(),
      task_id: z.string(),
      claims: z.int(),
      since: z.int(),
    })
    .transform(({ file_id, task_id, ...row }) => ({ ...row, fileId: file_id, taskId: task_id })),
);
const taskRows = z.array(z.object({ task_id: z.string() }));
const fileRows = z.array(z.object({ file_id: z.string() }));
const countRows = z.tuple([z.object({ n: z.int() })]);
const timeRows = z.tuple([z.object({ at: z.int().nullable() })]);

/** A task that is taken for a carrier of a file; `since` when, in milliseconds since 1970. */
export type Carrier = z.infer<typeof rows>[number];
export type Carrying = Pick<Carrier, "fileId" | "taskId">;

const COLUMNS = "file_id, task_id, claims, since";

/** Which tasks carry the user's files, and which are still to be asked whether they do. */
export class CarrierTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Takes a task for a carrier until it has been asked; one that is known for it stays so. */
  claim({ fileId, taskId }: Carrying, now: number, askAt: number): void {
    this.#sql.exec(
      `INSERT INTO file_carriers (file_id, task_id, claims, since, ask_at) VALUES (?, ?, 1, ?, ?)
        ON CONFLICT (file_id, task_id) DO UPDATE SET claims = claims + 1, since = excluded.since,
          ask_at = iif(ask_at IS NULL, NULL, excluded.ask_at)`,
      fileId,
      taskId,
      now,
      askAt,
    );
  }

  has({ fileId, taskId }: Carrying): boolean {
    const query = "SELECT count(*) AS n FROM file_carriers WHERE file_id = ? AND task_id = ?";
    return countRows.parse(this.#sql.exec(query, fileId, taskId).toArray())[0].n > 0;
  }

  /** Whether some task is known to carry the file. */
  isKnown(fileId: string): boolean {
    const query = `SELECT count(*) AS n FROM file_carriers WHERE file_id = ? AND ask_at IS NULL`;
    return countRows.parse(this.#sql.exec(query, fileId).toArray())[0].n > 0;
  }

  countOf(fileId: string): number {
    const query = "SELECT count(*) AS n FROM file_carriers WHERE file_id = ?";
    return countRows.parse(this.#sql.exec(query, fileId).toArray())[0].n;
  }

  tasksOf(fileId: string): string[] {
    const query = "SELECT task_id FROM file_carriers WHERE file_id = ? ORDER BY task_id";
    const found = taskRows.parse(this.#sql.exec(query, fileId).toArray());
    return found.map(({ task_id }) => task_id);
  }

  filesOf(taskId: string): string[] {
    const query = "SELECT file_id FROM file_carriers WHERE task_id = ?";
    const found = fileRows.parse(this.#sql.exec(query, taskId).toArray());
    return found.map(({ file_id }) => file_id);
  }

  /** The task carries the file, it says; whether it is still taken for a carrier. */
  know({ fileId, taskId }: Carrying): boolean {
    const query = "UPDATE file_carriers SET ask_at = NULL WHERE file_id = ? AND task_id = ?";
    return this.#sql.exec(query, fileId, taskId).rowsWritten > 0;
  }

  /** The task does not, it says; whether that still stands: it may have been taken for one anew. */
  drop({ fileId, taskId, claims }: Carrier): boolean {
    const query = `DELETE FROM file_carriers
      WHERE file_id = ? AND task_id = ? AND claims = ? AND ask_at IS NOT NULL`;
    return this.#sql.exec(query, fileId, taskId, claims).rowsWritten > 0;
  }

  dropTask(taskId: string): void {
    this.#sql.exec("DELETE FROM file_carriers WHERE task_id = ?", taskId);
  }

  dropFile(fileId: string): void {
    this.#sql.exec("DELETE FROM file_carriers WHERE file_id = ?", fileId);
  }

  putOff({ fileId, taskId }: Carrying, askAt: number): void {
    const query = `UPDATE file_carriers SET ask_at = ?
      WHERE file_id = ? AND task_id = ? AND ask_at IS NOT NULL`;
    this.#sql.exec(query, askAt, fileId, taskId);
  }

  /** Those to be asked by now. */
  due(now: number, limit: number): Carrier[] {
    const query = `SELECT ${COLUMNS} FROM file_carriers WHERE ask_at <= ? ORDER BY ask_at LIMIT ?`;
    return rows.parse(this.#sql.exec(query, now, limit).toArray());
  }

  /** Those of one task that are to be asked some time. */
  unknownOf(taskId: string): Carrier[] {
    const query = `SELECT ${COLUMNS} FROM file_carriers WHERE task_id = ? AND ask_at IS NOT NULL`;
    return rows.parse(this.#sql.exec(query, taskId).toArray());
  }

  /** When the next is to be asked; milliseconds since 1970. */
  next(): number | null {
    const query = "SELECT min(ask_at) AS at FROM file_carriers WHERE ask_at IS NOT NULL";
    return timeRows.parse(this.#sql.exec(query).toArray())[0].at;
  }
}
