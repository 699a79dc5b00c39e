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

it("the limits that callers are told are those of the platform's limiter", () => {
  const limiters = [...config.matchAll(/^simple = \{ limit = (\d+), period = (\d+) \}$/gm)];
  expect(limiters.length).toBeGreaterThan(0);
  for (const [, limit, seconds] of limiters) {
    expect([Number(limit), Number(seconds) * 1000]).toEqual([
      LIMITS.requestsPerWindow,
      LIMITS.requestWindowMs,
    ]);
  }
});
