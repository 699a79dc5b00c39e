import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll } from "vitest";
import { resetControl } from "../worker/control";

// Files share the runtime, which takes longer to start than most of them take to run. Each begins
// with an empty database, and with no object left that an earlier file set to work. Only what runs
// is reset, so the database is woken first.
await env.DB.exec("SELECT 1");
await reset();
resetControl();
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);

// An alarm that rings after the last file would find vitest gone.
afterAll(() => reset());
