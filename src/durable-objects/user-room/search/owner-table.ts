import * as z from "zod";

const rows = z.array(z.object({ user_id: z.string() }));

/** Whose home this is: by the alarm nobody says it. */
export class OwnerTable {
  readonly #sql: SqlStorage;
  #known: string | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get(): string | undefined {
    const query = "SELECT user_id FROM owner";
    this.#known ??= rows.parse(this.#sql.exec(query).toArray())[0]?.user_id;
    return this.#known;
  }

  put(userId: string): void {
    if (this.get() === userId) return;
    this.#sql.exec("INSERT OR REPLACE INTO owner (id, user_id) VALUES (1, ?)", userId);
    this.#known = userId;
  }
}
