import * as z from "zod";
import type { NewFile } from "../../../protocol/rooms/files";

const rows = z.array(
  z
    .object({
      id: z.string(),
      name: z.string(),
      media_type: z.string(),
      size: z.int(),
      sha256: z.string().nullable(),
      created_at: z.int(),
    })
    .transform(({ media_type, created_at, ...row }) => ({
      ...row,
      mediaType: media_type,
      createdAt: created_at,
    })),
);
const idRows = z.array(z.object({ id: z.string() }));
const totalRows = z.tuple([z.object({ files: z.int(), bytes: z.int() })]);
const timeRows = z.tuple([z.object({ at: z.int().nullable() })]);

/** Without `sha256` it is being written. Times in milliseconds since 1970. */
export type FileRow = z.infer<typeof rows>[number];

const COLUMNS = "id, name, media_type, size, sha256, created_at";
/** What is due: what should have been written by now, and what no task is taken for a carrier of. */
const GOING = `due_at IS NOT NULL AND (sha256 IS NULL
  OR NOT EXISTS (SELECT 1 FROM file_carriers WHERE file_id = files.id))`;

/** The user's files, and what they take together. */
export class FileTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get(id: string): FileRow | undefined {
    const query = `SELECT ${COLUMNS} FROM files WHERE id = ?`;
    return rows.parse(this.#sql.exec(query, id).toArray())[0];
  }

  /** One that is to be written; in the place of what was announced under this id before. */
  put({ id, name, mediaType, size }: NewFile, now: number, dueAt: number): void {
    this.remove(id);
    this.#sql.exec(
      `INSERT INTO files (id, name, media_type, size, created_at, due_at) VALUES (?, ?, ?, ?, ?, ?)`,
      id,
      name,
      mediaType,
      size,
      now,
      dueAt,
    );
    this.#count(1, size);
  }

  /** It is written, and goes by itself at `dueAt`. */
  finish(id: string, sha256: string, dueAt: number | null): void {
    this.#sql.exec("UPDATE files SET sha256 = ?, due_at = ? WHERE id = ?", sha256, dueAt, id);
  }

  /** A message carries it: it goes by itself no more. */
  stay(id: string): void {
    this.#sql.exec("UPDATE files SET due_at = NULL WHERE id = ? AND sha256 IS NOT NULL", id);
  }

  /** Nothing carries it any more: what was carried goes at once, what never was when its day is over. */
  mayGo(id: string, now: number): void {
    this.#sql.exec("UPDATE files SET due_at = ? WHERE id = ? AND due_at IS NULL", now, id);
  }

  remove(id: string): void {
    const { size } = this.get(id) ?? {};
    if (size === undefined) return;
    this.#sql.exec("DELETE FROM files WHERE id = ?", id);
    this.#count(-1, -size);
  }

  totals(): { files: number; bytes: number } {
    return totalRows.parse(this.#sql.exec("SELECT files, bytes FROM file_totals").toArray())[0];
  }

  due(now: number, limit: number): string[] {
    const query = `SELECT id FROM files WHERE due_at <= ? AND ${GOING} ORDER BY due_at LIMIT ?`;
    return idRows.parse(this.#sql.exec(query, now, limit).toArray()).map(({ id }) => id);
  }

  /** When the next is due; milliseconds since 1970. */
  next(): number | null {
    const query = `SELECT min(due_at) AS at FROM files WHERE ${GOING}`;
    return timeRows.parse(this.#sql.exec(query).toArray())[0].at;
  }

  #count(files: number, bytes: number): void {
    const query = "UPDATE file_totals SET files = files + ?, bytes = bytes + ?";
    this.#sql.exec(query, files, bytes);
  }
}
