import { and, eq, lte, sql } from "drizzle-orm";
import { LIMITS } from "../protocol/limits";
import { openDatabase } from "./database";
import { idempotencyKeys } from "./schema";

const LIFETIME_MS = LIMITS.idempotencyHours * 60 * 60 * 1000;

export type KeyClaim = {
  userId: string;
  key: string;
  bodyHash: string;
  /** The task that the key stands for if it is free. */
  taskId: string;
  /** Milliseconds since 1970. */
  now: number;
};

/**
 * Claims a key, or says which task has it; "conflict" where it was claimed with another body.
 * `fresh` is true for the claim that took the key. A key older than 24 h is free again.
 */
export async function claimKey(
  db: D1Database,
  claim: KeyClaim,
): Promise<{ taskId: string; fresh: boolean } | "conflict"> {
  const { userId, key, bodyHash, taskId, now } = claim;
  const database = openDatabase(db);
  const expired = lte(idempotencyKeys.createdAt, now - LIFETIME_MS);
  // A batch is a transaction: nobody claims between the two statements.
  const [, [holder]] = await database.batch([
    database
      .insert(idempotencyKeys)
      .values({ userId, key, bodyHash, taskId, createdAt: now })
      .onConflictDoUpdate({
        target: [idempotencyKeys.userId, idempotencyKeys.key],
        set: { bodyHash, taskId, createdAt: now },
        setWhere: expired,
      }),
    database
      .select({ bodyHash: idempotencyKeys.bodyHash, taskId: idempotencyKeys.taskId })
      .from(idempotencyKeys)
      .where(and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key))),
  ]);
  if (holder?.bodyHash !== bodyHash) return "conflict";
  return { taskId: holder.taskId, fresh: holder.taskId === taskId };
}

/** Deletes up to `limit` keys that are free again, the oldest first. */
export async function dropExpiredKeys(db: D1Database, now: number, limit: number): Promise<void> {
  await openDatabase(db).run(sql`DELETE FROM ${idempotencyKeys} WHERE rowid IN (
    SELECT rowid FROM ${idempotencyKeys}
    WHERE ${lte(idempotencyKeys.createdAt, now - LIFETIME_MS)}
    ORDER BY ${idempotencyKeys.createdAt} LIMIT ${limit})`);
}
