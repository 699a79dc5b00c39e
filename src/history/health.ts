/** Throws what D1 throws where it doesn't answer. */
export async function checkDatabase(db: D1Database): Promise<void> {
  await db.prepare("SELECT 1").run();
}
