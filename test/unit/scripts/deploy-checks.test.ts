import { describe, expect, it } from "vitest";
import { unstable_readConfig } from "wrangler";
import * as z from "zod";
import { deployConfig, missingDatabases, missingSecrets } from "../../../scripts/deploy-checks";

const told = { file: "wrangler.toml", command: "npm run deploy" };
const ID = "0b5c1f0e-9d5e-4b53-9a0f-6c1b8f0a1d2e";

function database(binding: string, database_id?: string) {
  return { binding, database_name: `${binding}-name`.toLowerCase(), database_id };
}

describe("what is missing before a deploy", () => {
  it("is nothing where every database has an id", () => {
    const config = deployConfig.parse({ d1_databases: [database("DB", ID), database("TWO", ID)] });
    expect(missingDatabases(config, told)).toBeUndefined();
  });

  it.each([
    [undefined],
    [""],
    ["00000000-0000-0000-0000-000000000000"],
    ["00000000-0000-0000-0000-0000000000a1"],
  ])("is a database whose id is %s, with the way to one", (id) => {
    const config = deployConfig.parse({
      d1_databases: [database("DB", ID), database("TWO", id)],
    });
    const said = missingDatabases(config, told);
    expect(said).toContain("database_id of TWO in wrangler.toml");
    expect(said).toContain("npx wrangler d1 create two-name");
    expect(said).not.toContain("db-name");
    expect(said).toMatch(/4\. npm run deploy$/);
  });

  it("is a database where none is configured", () => {
    expect(missingDatabases(deployConfig.parse({ d1_databases: [] }), told)).toContain("of DB");
  });
});

describe("what is missing after a deploy", () => {
  const config = (vars: object) => deployConfig.parse({ d1_databases: [], vars });
  it.each([
    ["nothing is listed", {}, "[]", ["AUTH_JWT_SECRET", "SECRETS_KEY"]],
    ["the list could not be had", {}, undefined, ["AUTH_JWT_SECRET", "SECRETS_KEY"]],
    ["one is there", {}, '[{"name":"SECRETS_KEY","type":"secret_text"}]', ["AUTH_JWT_SECRET"]],
    [
      "an issuer's keys stand in for one",
      { AUTH_JWKS_URL: "https://a.example" },
      "[]",
      ["SECRETS_KEY"],
    ],
  ])("%s", (_when, vars, listed, missing) => {
    expect(missingSecrets(config(vars), listed)).toEqual(missing);
  });
});

const bound = z.object({ binding: z.string() });
const named = z.object({ name: z.string() });
const wranglerConfig = z.object({
  name: z.string(),
  minify: z.boolean(),
  alias: z.record(z.string(), z.string()),
  limits: z.object({ cpu_ms: z.number() }),
  migrations: z.array(z.unknown()),
  d1_databases: z.array(bound.extend({ database_name: z.string() })),
  ratelimits: z.array(named),
  durable_objects: z.object({ bindings: z.array(named), code_update_strategy: z.unknown() }),
});

function configOf(env?: string) {
  const wanted = { config: "wrangler.toml", ...(env && { env }) };
  return wranglerConfig.parse(unstable_readConfig(wanted, { hideWarnings: true }));
}

describe.each(["staging", "workers-ai"])("environment %s", (env) => {
  const settings = configOf(env);
  const base = configOf();

  it("has every binding that the service has, and all that is not inherited", () => {
    const names = ({ d1_databases, ratelimits, durable_objects }: typeof base) =>
      [
        ...d1_databases.map(({ binding }) => binding),
        ...[...ratelimits, ...durable_objects.bindings].map(({ name }) => name),
      ].sort();
    expect(names(settings)).toEqual(names(base));
    const strategy = settings.durable_objects.code_update_strategy;
    expect(strategy).toEqual(base.durable_objects.code_update_strategy);
    expect(strategy).toMatchObject({ mode: "deferred" });
    const { minify, alias, limits, migrations } = settings;
    expect({ minify, alias, limits, migrations }).toEqual({
      minify: true,
      alias: base.alias,
      limits: base.limits,
      migrations: base.migrations,
    });
  });

  it("has a database of its own, unless it is the same service", () => {
    const shared = settings.d1_databases.filter(({ database_name: name }) =>
      base.d1_databases.some((other) => other.database_name === name),
    );
    expect(shared).toHaveLength(settings.name === base.name ? base.d1_databases.length : 0);
  });
});
