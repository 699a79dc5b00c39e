import * as z from "zod";
import type { CarriedFile } from "../../../protocol/rooms/files";

const fileRows = z.array(z.object({ fileId: z.string(), owner: z.string() }));
const ownerRows = z.array(z.object({ owner: z.string() }));

/** The files that the task carries, and in whose homes they are: those homes ask, and are told of its end. */
export class FileTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  put({ fileId, owner }: CarriedFile): void {
    this.#sql.exec("INSERT OR IGNORE INTO files (id, owner) VALUES (?, ?)", fileId, owner);
  }

  /** Those of these files that the task carries. */
  among(fileIds: readonly string[]): CarriedFile[] {
    const query = `SELECT id AS fileId, owner FROM files
      WHERE id IN (SELECT value FROM json_each(?))`;
    return fileRows.parse(this.#sql.exec(query, JSON.stringify(fileIds)).toArray());
  }

  /** The files of one owner's. */
  of(owner: string): string[] {
    const query = "SELECT id AS fileId, owner FROM files WHERE owner = ?";
    const found = fileRows.parse(this.#sql.exec(query, owner).toArray());
    return found.map(({ fileId }) => fileId);
  }

  owners(): string[] {
    const found = this.#sql.exec("SELECT DISTINCT owner FROM files").toArray();
    return ownerRows.parse(found).map(({ owner }) => owner);
  }
}
