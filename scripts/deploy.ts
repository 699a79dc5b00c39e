// `npm run deploy`: the databases first, then the code that expects them.
import { join } from "node:path";
import { unstable_readConfig } from "wrangler";
import { type DeployConfig, deployConfig, missingDatabases, missingSecrets } from "./deploy-checks";
import { ROOT } from "./local-identity";
import { ensureSite } from "./site-build";
import { askWrangler, runWrangler } from "./wrangler";
import { databaseOptions, readWranglerOptions } from "./wrangler-options";

const args = process.argv.slice(2);
const { config, env } = readWranglerOptions(args);
const file = config ?? join(ROOT, "wrangler.toml");
const place = [...(config ? ["--config", config] : []), ...(env ? ["--env", env] : [])];
process.exitCode = await deploy();

async function deploy(): Promise<number> {
  // A rehearsal changes nothing, so it needs no database either.
  if (args.includes("--dry-run")) return deployCode();
  const settings = readConfig();
  if (typeof settings === "string") {
    console.error(settings);
    return 1;
  }
  const command = ["npm run deploy", ...(args.length > 0 ? ["--"] : []), ...args].join(" ");
  const missing = missingDatabases(settings, { file, command });
  if (missing !== undefined) {
    console.error(missing);
    return 1;
  }
  return migrate(settings) || (await deployCode()) || remind(settings);
}

/** Or why it cannot be read: an environment that is not there, a mistake in it. */
function readConfig(): DeployConfig | string {
  const wanted = { config: file, ...(env && { env }) };
  try {
    return deployConfig.parse(unstable_readConfig(wanted, { hideWarnings: true }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What a migration adds, the code that is deployed so far does not see. */
function migrate({ d1_databases: databases }: DeployConfig): number {
  for (const { binding, migrations_dir: folder } of databases) {
    if (folder === undefined) continue;
    const apply = ["d1", "migrations", "apply", binding, "--remote", ...databaseOptions(args)];
    const status = runWrangler(apply);
    if (status !== 0) return status;
  }
  return 0;
}

async function deployCode(): Promise<number> {
  await ensureSite();
  const status = runWrangler(["deploy", ...args]);
  if (status !== 0 && !args.includes("--dry-run")) {
    console.error(
      "\nWhere it says 100328: Cloudflare's Free plan takes no [limits]; leave them out.\n" +
        "Where it says 10085: the bucket of [[r2_buckets]] is not there; make it with " +
        "npx wrangler r2 bucket create, or leave it out.",
    );
  }
  return status;
}

function remind(settings: DeployConfig): number {
  const listed = askWrangler(["secret", "list", "--format", "json", ...place]);
  const missing = missingSecrets(settings, listed);
  if (missing.length === 0) return 0;
  const commands = missing.map((name) => ["  npx wrangler secret put", name, ...place].join(" "));
  console.log(
    `\nGive the deployed service its secrets, without which it refuses:\n${commands.join("\n")}`,
  );
  return 0;
}
