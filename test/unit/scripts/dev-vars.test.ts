import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { ensureDevVars, readDevVars } from "../../../scripts/dev-vars";
import { settings } from "../../../src/platform/settings";

const folder = mkdtempSync(join(tmpdir(), "taskroom-vars-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("makes secrets that the service accepts, readable by the owner alone", () => {
  const file = join(folder, "made");
  expect(ensureDevVars(file)).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const vars = readDevVars(file);
  expect(vars.AUTH_JWT_SECRET?.length).toBeGreaterThanOrEqual(48);
  expect(Buffer.from(vars.SECRETS_KEY ?? "", "base64")).toHaveLength(32);
  expect(settings.parse(vars)).toMatchObject({ ALLOW_PRIVATE_TARGETS: true });
});

it("makes other secrets each time, and leaves a file alone that is there", () => {
  const [one, two] = [join(folder, "one"), join(folder, "two")];
  ensureDevVars(one);
  ensureDevVars(two);
  const text = readFileSync(one, "utf8");
  expect(text).not.toBe(readFileSync(two, "utf8"));
  expect(ensureDevVars(one)).toBe(false);
  expect(readFileSync(one, "utf8")).toBe(text);
});

it("reads a file written by hand; an empty value counts as none", () => {
  const file = join(folder, "by-hand");
  writeFileSync(file, "# mine\nA=plain\nB=\"quo ted\"\nC='single'\nD=\n");
  expect(readDevVars(file)).toEqual({ A: "plain", B: "quo ted", C: "single" });
  expect(readDevVars(join(folder, "absent"))).toEqual({});
});
