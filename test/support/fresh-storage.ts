import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { resetControl } from "../worker/control";

// Files share the runtime, which takes longer to start than most of them take to run. Each begins
// with an empty database, and with no object left that an earlier file set to work. Only what runs
// is reset, so the database is woken first.
await env.DB.exec("SELECT 1");
await reset();
resetControl();
// In one go: each migration by itself, and a table of those that were, take as long again.
const schema = env.TEST_MIGRATIONS.flatMap(({ queries }) => queries);
await env.DB.batch(schema.map((query) => env.DB.prepare(query)));
