import { and, desc, eq, lt, or, sql } from "drizzle-orm";
import * as z from "zod";
import { decodeCursor, encodeCursor } from "../protocol/cursor";
import { type ApiKey, apiKey } from "../protocol/rest/api-keys";
import type { Page } from "../protocol/rest/page";
import { openDatabase, writeBatch } from "./database";
import { apiKeys } from "./schema";

/** Keys of one user: enough for every machine and script of a person. */
const KEYS_PER_USER = 50;
/** Milliseconds between two notes of a key's last use: a write per request would be the dearest part. */
const USE_NOTED_EVERY_MS = 60_000;

export type NewApiKey = Omit<ApiKey, "lastUsedAt"> & { userId: string; hash: string };
export type HeldApiKey = { id: string; userId: string } & Pick<
  ApiKey,
  "scopes" | "expiresAt" | "lastUsedAt"
>;

const held = apiKey
  .pick({ scopes: true, expiresAt: true, lastUsedAt: true })
  .extend({ id: z.string(), userId: z.string() });
const position = z.object({ id: z.string() });

/** False where the user has as many keys as one may have. One that has expired makes way for another. */
export async function addApiKey(db: D1Database, { hash, userId, ...key }: NewApiKey) {
  const isFull = sql`(SELECT count(*) FROM ${apiKeys} WHERE ${eq(apiKeys.userId, userId)}) >= ${KEYS_PER_USER}`;
  const [, added] = await writeBatch(db, [
    sql`DELETE FROM ${apiKeys} WHERE ${isFull} AND ${apiKeys.id} = (SELECT id FROM ${apiKeys}
      WHERE ${eq(apiKeys.userId, userId)} AND expires_at <= ${key.createdAt}
      ORDER BY expires_at LIMIT 1)`,
    sql`INSERT INTO ${apiKeys} (id, user_id, hash, name, scopes, created_at, expires_at)
      SELECT ${key.id}, ${userId}, ${hash}, ${key.name}, ${JSON.stringify(key.scopes)},
        ${key.createdAt}, ${key.expiresAt}
      WHERE NOT ${isFull}`,
  ]);
  return (added?.meta.changes ?? 0) > 0;
}

export async function findApiKey(db: D1Database, hash: string): Promise<HeldApiKey | undefined> {
  const row = await openDatabase(db).select().from(apiKeys).where(eq(apiKeys.hash, hash)).get();
  return row && held.parse(row);
}

/** Newest first. Undefined where the cursor is none of this list's. */
export async function listApiKeys(
  db: D1Database,
  userId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Page<ApiKey> | undefined> {
  const from = cursor === undefined ? undefined : decodeCursor(position, cursor);
  if (cursor !== undefined && !from) return undefined;
  const rows = await openDatabase(db)
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.userId, userId), from && lt(apiKeys.id, from.id)))
    .orderBy(desc(apiKeys.id))
    .limit(limit + 1);
  const items = rows.slice(0, limit).map((row) => apiKey.parse(row));
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > limit && last ? encodeCursor({ id: last.id }) : null,
  };
}

/** Whether the user had such a key. */
export async function removeApiKey(db: D1Database, userId: string, id: string): Promise<boolean> {
  const gone = await openDatabase(db)
    .delete(apiKeys)
    .where(and(eq(apiKeys.id, id), eq(apiKeys.userId, userId)))
    .returning({ id: apiKeys.id });
  return gone.length > 0;
}

/** Notes a key's use, at most once a minute. `now` in milliseconds since 1970. */
export async function noteUse(db: D1Database, key: HeldApiKey, now: number): Promise<void> {
  const noted = key.lastUsedAt === null ? 0 : Date.parse(key.lastUsedAt);
  if (now - noted < USE_NOTED_EVERY_MS) return;
  const before = new Date(now - USE_NOTED_EVERY_MS).toISOString();
  await openDatabase(db)
    .update(apiKeys)
    .set({ lastUsedAt: new Date(now).toISOString() })
    .where(
      and(
        eq(apiKeys.id, key.id),
        or(sql`${apiKeys.lastUsedAt} IS NULL`, lt(apiKeys.lastUsedAt, before)),
      ),
    );
}
