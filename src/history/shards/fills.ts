import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { inTime } from "../../platform/in-time";
import { describeError, logError, logInfo, logWarning } from "../../platform/platform-log";
import { jsonSet, openDatabase, writeBatch } from "../database";
import { historyShards } from "../schema";
import { type Fill, isFull } from "./choice";
import { CONTROL, type Databases } from "./databases";

/** Milliseconds that a database may take to say how large it is. */
const PATIENCE_MS = 2000;
/** Milliseconds after which what the sweep wrote down, minute by minute, is asked for anew. */
const STALE_MS = 3 * 60_000;

type Now = { now: number; capacity: number };
type Sized = { name: string; bytes: number };
const named = z.array(z.object({ name: z.string() }));

/**
 * How full databases are: as the sweep wrote it down, or asked now where that is old. Never rejects: one
 * that says nothing has the size that it was last known to have. `capacity` in bytes.
 */
export async function knownFills(databases: Databases, now: Now): Promise<Fill[]> {
  const written = await readFills(databases);
  const isFresh = (name: string) => now.now - (written.get(name)?.checkedAt ?? 0) < STALE_MS;
  const old = [...databases.keys()].filter((name) => !isFresh(name));
  const measured = old.length > 0 ? await measureFills(databases, now, old) : [];
  const sizes = new Map(measured.map(({ name, bytes }) => [name, bytes]));
  return [...databases.keys()].map((name) => ({
    name,
    bytes: sizes.get(name) ?? written.get(name)?.bytes ?? 0,
    answers: isFresh(name) || sizes.has(name),
  }));
}

/** Asks databases how large they are and writes it down; gives those that answered. Never rejects. */
export async function measureFills(
  databases: Databases,
  { now, capacity }: Now,
  names: readonly string[] = [...databases.keys()],
): Promise<Sized[]> {
  const asked = await Promise.all(names.map((name) => measure(databases, name)));
  const sized = asked.filter((one) => one !== undefined);
  try {
    await inTime(PATIENCE_MS, () => writeFills(databases, sized, { now, capacity }));
  } catch (error) {
    logWarning("history_fills_not_kept", { causes: describeError(error) });
  }
  return sized;
}

async function measure(databases: Databases, name: string): Promise<Sized | undefined> {
  const database = databases.get(name);
  if (!database) return undefined;
  try {
    const { meta } = await inTime(PATIENCE_MS, () => database.prepare("SELECT 1").run());
    return { name, bytes: meta.size_after };
  } catch (error) {
    logWarning("history_shard_silent", { shard: name, causes: describeError(error) });
    return undefined;
  }
}

type Written = { bytes: number; checkedAt: number };

async function readFills(databases: Databases): Promise<Map<string, Written>> {
  const control = databases.get(CONTROL);
  if (!control) return new Map();
  try {
    const rows = await inTime(PATIENCE_MS, () =>
      openDatabase(control).select().from(historyShards).all(),
    );
    return new Map(rows.map(({ name, bytes, checkedAt }) => [name, { bytes, checkedAt }]));
  } catch (error) {
    logWarning("history_fills_unknown", { causes: describeError(error) });
    return new Map();
  }
}

/** The log says it once when a database becomes full: of all who see it, whoever turns its row over. */
async function writeFills(databases: Databases, sized: Sized[], at: Now): Promise<void> {
  const control = databases.get(CONTROL);
  if (!control || sized.length === 0) return;
  const results = await writeBatch(control, [
    sql`INSERT INTO ${historyShards} (name, bytes, checked_at)
      SELECT value ->> '$.name', value ->> '$.bytes', ${at.now}
      FROM json_each(${JSON.stringify(sized)}) WHERE true
      ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes, checked_at = excluded.checked_at`,
    turnedOver(sized, at, true),
    turnedOver(sized, at, false),
  ]);
  const [, full, open] = results.map(({ results: rows }) => named.parse(rows));
  for (const { name: shard } of full ?? []) {
    const bytes = sized.find(({ name }) => name === shard)?.bytes;
    logError("history_shard_full", { shard, bytes, capacity: at.capacity });
  }
  for (const { name: shard } of open ?? []) logInfo("history_shard_open", { shard });
}

function turnedOver(sized: Sized[], { capacity }: Now, full: boolean): SQL {
  const those = sized.filter(({ bytes }) => isFull(bytes, capacity) === full);
  const flag = full ? 1 : 0;
  return sql`UPDATE ${historyShards} SET full = ${flag} WHERE full <> ${flag}
    AND name IN ${jsonSet(those.map(({ name }) => name))} RETURNING name`;
}
