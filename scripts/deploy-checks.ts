import * as z from "zod";

/** Ids that nobody has put in yet: nothing, or such as the configuration ships with, which begin with zeros. */
const UNSET = /^(0{8}-.*|[0-]*)$/;

const database = z.object({
  binding: z.string(),
  database_name: z.string().optional(),
  database_id: z.string().optional(),
  migrations_dir: z.string().optional(),
});
/** What deploying reads of wrangler's configuration. */
export const deployConfig = z.object({
  d1_databases: z.array(database),
  vars: z.record(z.string(), z.unknown()).default({}),
});
export type DeployConfig = z.infer<typeof deployConfig>;

/** Says which databases have no id yet and what to do; nothing where all have one. */
export function missingDatabases(
  { d1_databases: databases }: DeployConfig,
  { file, command }: { file: string; command: string },
): string | undefined {
  const missing = databases.filter(({ database_id: id = "" }) => UNSET.test(id));
  const named = databases.length === 0 ? [{ binding: "DB", database_name: "taskroom" }] : missing;
  if (named.length === 0) return undefined;
  const bindings = named.map(({ binding }) => binding).join(", ");
  const steps = [
    "npx wrangler login",
    ...named.map(({ binding, database_name: name }) => `npx wrangler d1 create ${name ?? binding}`),
    `put each id that it prints into ${file} as database_id`,
    command,
  ];
  const list = steps.map((step, i) => `  ${i + 1}. ${step}`).join("\n");
  return `There is no database to deploy to: database_id of ${bindings} in ${file} is not set.\n${list}`;
}

const secretList = z.array(z.object({ name: z.string() }));

/**
 * The secrets that the deployed service lacks. `listed` is what `wrangler secret list` printed; where
 * that is nothing that can be read, all that it may lack.
 */
export function missingSecrets({ vars }: DeployConfig, listed: string | undefined): string[] {
  const wanted = [...(vars.AUTH_JWKS_URL ? [] : ["AUTH_JWT_SECRET"]), "SECRETS_KEY"];
  const has = new Set(namesIn(listed));
  return wanted.filter((name) => !has.has(name));
}

function namesIn(listed = ""): string[] {
  try {
    return secretList.parse(JSON.parse(listed)).map(({ name }) => name);
  } catch {
    return [];
  }
}
