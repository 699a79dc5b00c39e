import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll } from "vitest";
import { databasesOf } from "../../src/history/shards/databases";
import { resetControl } from "../worker/control";

// Files share the runtime, which takes longer to start than most of them take to run. Each begins
// with empty databases, and with no object left that an earlier file set to work. Only what runs
// is reset, so the databases are woken first.
const databases = [...databasesOf(env).values()];
for (const database of databases) await database.exec("SELECT 1");
await reset();
resetControl();
for (let more = true; more; ) {
  const { objects = [] } = (await env.FILES?.list()) ?? {};
  more = objects.length > 0;
  if (more) await env.FILES?.delete(objects.map(({ key }) => key));
}
for (const database of databases) await applyD1Migrations(database, env.TEST_MIGRATIONS);

// An alarm that rings after the last file would find vitest gone.
afterAll(() => reset());
