import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as z from "zod";
import { settings } from "../../src/platform/settings";
import { LIMITS } from "../../src/protocol/limits";

const guide = readFileSync("docs/settings.md", "utf8");
const config = readFileSync("wrangler.toml", "utf8");
const SECRETS = ["AUTH_JWT_SECRET", "DEFAULT_MODEL_API_KEY", "SECRETS_KEY"];

/** The guide's rows: a name, its default, the reason. */
const rows = [...guide.matchAll(/^\| `([A-Z_]+)` +\| (\S+) +\| (.+?) +\|$/gm)].map(
  ([, name = "", fallback = "", reason = ""]) => ({ name, fallback, reason }),
);

it("the guide and the schema list the same settings, each once", () => {
  const names = rows.map(({ name }) => name);
  expect(names.toSorted()).toEqual(Object.keys(settings.shape).toSorted());
});

it("the guide's defaults are the schema's", () => {
  const defaults = z.record(z.string(), z.unknown()).parse(settings.parse({}));
  for (const { name, fallback } of rows) {
    const value = defaults[name];
    const isUnset = value === undefined || (Array.isArray(value) && value.length === 0);
    expect(fallback, name).toBe(isUnset ? "none" : `\`${String(value)}\``);
  }
});

it("every setting is a variable of wrangler.toml, with its default, or named a secret", () => {
  const vars = new Map(
    [...config.matchAll(/^([A-Z_]+) = "(.*)"$/gm)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]),
  );
  expect([...vars.keys(), ...SECRETS].toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
  expect(settings.parse(Object.fromEntries(vars))).toEqual(settings.parse({}));
  for (const { name, reason } of rows) {
    expect(reason.startsWith("Secret."), name).toBe(SECRETS.includes(name));
    expect(reason.length, name).toBeGreaterThan(15);
  }
});

it("the limits that callers are told are those of the platform's limiters, in every environment", () => {
  const told: Record<string, number> = {
    RATE_LIMIT: LIMITS.requestsPerWindow,
    TASK_LIMIT: LIMITS.tasksPerWindow,
    GRANT_LIMIT: LIMITS.grantsPerWindow,
    INVITE_LIMIT: LIMITS.invitesPerWindow,
    ADDRESS_LIMIT: LIMITS.attemptsPerWindow,
  };
  const limiters = [
    ...config.matchAll(
      /^name = "([A-Z_]+)"\nnamespace_id = "(\d+)"\nsimple = \{ limit = (\d+), period = (\d+) \}$/gm,
    ),
  ];
  const names = limiters.map(([, name = ""]) => name);
  const environments = 1 + new Set(config.match(/^\[env\.[a-z-]+/gm)).size;
  const inEach = Object.keys(told).flatMap((name) => Array<string>(environments).fill(name));
  expect(names.toSorted()).toEqual(inEach.toSorted());
  for (const [, name = "", , limit, seconds] of limiters) {
    expect([Number(limit), Number(seconds) * 1000], name).toEqual([
      told[name],
      LIMITS.requestWindowMs,
    ]);
  }
  // A counter of its own for each, and for the staging service: it must not count with the other.
  const spaces = new Map(limiters.map(([, name = "", id = ""]) => [id, name]));
  expect(spaces.size).toBe(2 * Object.keys(told).length);
});
