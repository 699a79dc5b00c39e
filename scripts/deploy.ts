// `npm run deploy`: the database first, then the code that expects it.
import { join } from "node:path";
import { unstable_readConfig } from "wrangler";
import * as z from "zod";
import { ROOT } from "./local-identity";
import { ensureSite } from "./site-build";
import { runWrangler } from "./wrangler";
import { databaseOptions, readWranglerOptions } from "./wrangler-options";

const UNSET = /^[0-]*$/;
const databases = z.array(z.object({ binding: z.string(), database_id: z.string().optional() }));

const args = process.argv.slice(2);
const { config, env } = readWranglerOptions(args);
process.exitCode = await deploy();

async function deploy(): Promise<number> {
  // A rehearsal changes nothing, so it needs no database either.
  if (args.includes("--dry-run")) return deployCode();
  const missing = missingDatabase();
  if (missing) {
    console.error(missing);
    return 1;
  }
  const database = ["d1", "migrations", "apply", "DB", "--remote", ...databaseOptions(args)];
  return runWrangler(database) || (await deployCode()) || remind();
}

async function deployCode(): Promise<number> {
  await ensureSite();
  return runWrangler(["deploy", ...args]);
}

function missingDatabase(): string | undefined {
  const file = config ?? join(ROOT, "wrangler.toml");
  const settings = unstable_readConfig(
    { config: file, ...(env && { env }) },
    { hideWarnings: true },
  );
  const database = databases.parse(settings.d1_databases).find(({ binding }) => binding === "DB");
  if (database?.database_id && !UNSET.test(database.database_id)) return undefined;
  return `There is no database to deploy to: database_id in ${file} is not set.
  1. npx wrangler login
  2. npx wrangler d1 create taskroom
  3. put the id that it prints into ${file} as database_id
  4. npm run deploy`;
}

function remind(): number {
  console.log(`
Where it has not been done yet, give the deployed service its secrets:
  npx wrangler secret put AUTH_JWT_SECRET
  npx wrangler secret put SECRETS_KEY`);
  return 0;
}
