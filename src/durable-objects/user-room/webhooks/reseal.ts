import * as z from "zod";
import { type ResealCount, reseal, tally } from "../../../platform/reseal";
import { Tables } from "../tables";
import { secretIdentity } from "./webhook-sender";

/** The columns that hold what is sealed; each may be empty. */
const SEALED = [
  { table: "webhooks", column: "secret" },
  { table: "webhooks", column: "old_secret" },
  { table: "turn_hooks", column: "secret" },
] as const;

const sealedRows = z.array(z.object({ id: z.string(), sealed: z.string().nullable() }));

/** Seals a user's webhook secrets with the first of `keys`. What another has changed meanwhile stays. */
export async function resealWebhooks(
  storage: DurableObjectStorage,
  keys: readonly string[],
): Promise<ResealCount> {
  const count = tally();
  // A room that was never used has no tables, and gets none for this.
  if (!Tables.find(storage)) return count.seen;
  for (const { table, column } of SEALED) {
    const query = `SELECT id, ${column} AS sealed FROM ${table}`;
    for (const { id, sealed } of sealedRows.parse(storage.sql.exec(query).toArray())) {
      if (sealed === null) continue;
      const next = count.note(await reseal(keys, sealed, secretIdentity(id)));
      if (next === undefined) continue;
      const change = `UPDATE ${table} SET ${column} = ? WHERE id = ? AND ${column} = ?`;
      storage.sql.exec(change, next, id, sealed);
    }
  }
  return count.seen;
}
