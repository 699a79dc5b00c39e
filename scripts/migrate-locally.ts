// Brings all local databases to the newest migration, in one runtime: wrangler's own command starts one for
// each database, and two of them cannot have the same folder open. Keeps the same record as that command.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { getPlatformProxy, unstable_readConfig, unstable_splitSqlQuery } from "wrangler";
import { configOf, stateOf } from "./local-database";
import { readWranglerOptions } from "./wrangler-options";

const args = process.argv.slice(2);
const { env } = readWranglerOptions(args);
const config = configOf(args);
const named = { ...(env !== undefined && { env }) };
const { d1_databases } = unstable_readConfig({ config, ...named }, { hideWarnings: true });

const proxy = await getPlatformProxy<Record<string, D1Database | undefined>>({
  configPath: config,
  ...(env !== undefined && { environment: env }),
  persist: { path: stateOf(args) },
  remoteBindings: false,
});
try {
  for (const { binding, migrations_dir = "migrations", migrations_table } of d1_databases) {
    const database = proxy.env[binding];
    if (!database) throw new Error(`${config} names no database ${binding}`);
    await migrate(database, resolve(dirname(config), migrations_dir), migrations_table);
  }
} finally {
  await proxy.dispose();
}

async function migrate(database: D1Database, folder: string, table = "d1_migrations") {
  await database.exec(
    `CREATE TABLE IF NOT EXISTS ${table} (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
  );
  const { results } = await database.prepare(`SELECT name FROM ${table}`).all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql") && !applied.has(name));
  for (const name of files.sort()) {
    const statements = unstable_splitSqlQuery(readFileSync(join(folder, name), "utf8"));
    // All of a migration and its record, or nothing of it.
    await database.batch([
      ...statements.map((statement) => database.prepare(statement)),
      database.prepare(`INSERT INTO ${table} (name) VALUES (?)`).bind(name),
    ]);
  }
}
