import * as z from "zod";

/** What is being read of the database. */
const phase = z.enum(["tasks", "keys", "done"]);
const rows = z.array(z.object({ phase, after: z.string() }));

export type Progress = z.infer<typeof rows>[number];

/** How far a home that is older than its list has filled it. */
export class FillingTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get(): Progress {
    const query = "SELECT phase, after FROM filling";
    return rows.parse(this.#sql.exec(query).toArray())[0] ?? { phase: "tasks", after: "" };
  }

  put({ phase, after }: Progress): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO filling (id, phase, after) VALUES (1, ?, ?)",
      phase,
      after,
    );
  }
}
