import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Command } from "../support/command";

/** As patient as a busy machine needs. */
const RUNNING_MS = 240_000;
const root = mkdtempSync(join(tmpdir(), "taskroom-migrations-"));
const config = join(root, "wrangler.toml");

beforeAll(() => {
  const databases = ["DB", "HISTORY_0"].map(
    (binding, i) => `[[d1_databases]]
binding = "${binding}"
database_name = "${binding}"
database_id = "00000000-0000-0000-0000-00000000000${i}"
migrations_dir = "sql"`,
  );
  const head = 'name = "t"\nmain = "worker.js"\ncompatibility_date = "2026-01-01"\n';
  writeFileSync(config, head + databases.join("\n"));
  mkdirSync(join(root, "sql"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, sql: string): void {
  writeFileSync(join(root, "sql", name), sql);
}

async function migrate(): Promise<{ code: number; said: string }> {
  const place = ["--config", config, "--persist-to", join(root, "state")];
  const run = Command.script("migrate-locally", place);
  const code = await run.end(RUNNING_MS);
  return { code, said: run.stdout + run.stderr };
}

/** What this query gives of each database there is. */
function ask(query: string): unknown[][] {
  const folder = join(root, "state/v3/d1/miniflare-D1DatabaseObject");
  const files = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  return files.map((name) => {
    const database = new DatabaseSync(join(folder, name));
    const rows = database
      .prepare(query)
      .all()
      .map((row) => Object.values(row)[0]);
    database.close();
    return rows;
  });
}

it("every local database gets what it lacks, once, and a migration that fails leaves nothing", async () => {
  write(
    "0000_first.sql",
    `CREATE TABLE a (n INTEGER);
     CREATE TABLE b (n INTEGER);
     CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b VALUES (new.n); INSERT INTO b VALUES (0); END;`,
  );
  expect((await migrate()).code).toBe(0);
  write("0001_second.sql", "INSERT INTO a VALUES (7);");
  expect((await migrate()).code).toBe(0);
  const names = "SELECT name FROM d1_migrations ORDER BY id";
  const applied = ["0000_first.sql", "0001_second.sql"];
  expect(ask(names)).toEqual([applied, applied]);
  write("0002_third.sql", "INSERT INTO a VALUES (8); INSERT INTO nowhere VALUES (1);");
  const { code, said } = await migrate();
  expect(code).not.toBe(0);
  expect(said).toContain("nowhere");
  expect(ask(names)).toEqual([applied, applied]);
  expect(ask("SELECT n FROM b")).toEqual([
    [7, 0],
    [7, 0],
  ]);
});
