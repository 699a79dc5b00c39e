import { eq } from "drizzle-orm";
import { openDatabase } from "./database";
import { sweeps } from "./schema";

/** `cursor`: empty where it has come to its end. `begunAt` in milliseconds since 1970. */
export type Sweep = { cursor: string; begunAt: number };

/** How far a sweep has come; nothing where it has never begun. */
export async function readSweep(db: D1Database, name: string): Promise<Sweep | undefined> {
  const { cursor, begunAt } = sweeps;
  const row = await openDatabase(db)
    .select({ cursor, begunAt })
    .from(sweeps)
    .where(eq(sweeps.name, name))
    .get();
  return row;
}

export async function writeSweep(db: D1Database, name: string, sweep: Sweep): Promise<void> {
  await openDatabase(db)
    .insert(sweeps)
    .values({ name, ...sweep })
    .onConflictDoUpdate({ target: sweeps.name, set: sweep })
    .run();
}
