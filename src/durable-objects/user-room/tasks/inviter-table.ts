import * as z from "zod";
import { isPast } from "../../../engine/user/mailbox-rules";
import { LIST_BOUNDS } from "./list-bounds";

const sumRows = z.array(z.object({ rows: z.int(), bytes: z.int() }));
const oldestRows = z.array(z.object({ task_id: z.string() }));

type Sum = { entries: number; bytes: number };
/** The name under which all inviters are counted together: no user's. */
const ALL = "";

/** How much of the user's list others have made, by who they are: nobody's invitations grow without end. */
export class InviterTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  count(inviter: string, { entries, bytes }: Sum): void {
    if (inviter === "") return;
    const query = `INSERT INTO inviters (inviter, entries, bytes) VALUES (?, ?, ?)
      ON CONFLICT (inviter) DO UPDATE
      SET entries = entries + excluded.entries, bytes = bytes + excluded.bytes`;
    for (const name of [inviter, ALL]) this.#sql.exec(query, name, entries, bytes);
    this.#sql.exec("DELETE FROM inviters WHERE inviter = ? AND entries <= 0", inviter);
  }

  /** The oldest task of a bound that is passed; nothing where none is. */
  oldestPastBounds(inviter: string): string | undefined {
    if (inviter === "") return undefined;
    if (this.#isPast(inviter, LIST_BOUNDS.inviter)) {
      const ofOne =
        "SELECT task_id FROM tasks WHERE inviter = ? AND inviter <> '' ORDER BY entry LIMIT 1";
      return this.#id(ofOne, inviter);
    }
    if (!this.#isPast(ALL, LIST_BOUNDS.invited)) return undefined;
    return this.#id("SELECT task_id FROM tasks WHERE inviter <> '' ORDER BY entry LIMIT 1");
  }

  #isPast(name: string, most: { rows: number; bytes: number }): boolean {
    const query = "SELECT entries AS rows, bytes FROM inviters WHERE inviter = ?";
    const [sum] = sumRows.parse(this.#sql.exec(query, name).toArray());
    return sum !== undefined && isPast(sum, most);
  }

  #id(query: string, ...values: string[]): string | undefined {
    return oldestRows.parse(this.#sql.exec(query, ...values).toArray())[0]?.task_id;
  }
}
