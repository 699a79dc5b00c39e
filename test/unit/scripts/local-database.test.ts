import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bindingsOf, migrateLocally } from "../../../scripts/local-database";

let root = "";
let options: string[] = [];
/** Stands in for wrangler: makes the database, or fails. */
const wrangler = vi.fn(async (_args: string[]) => ({ status: 0, output: "" }));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "taskroom-database-"));
  options = ["--config", join(root, "wrangler.toml"), "--persist-to", join(root, "state")];
  write("wrangler.toml", 'database_id = "1"\nmigrations_dir = "sql"\n');
  write("sql/0000.sql", "CREATE TABLE a (id TEXT);");
  vi.spyOn(console, "log").mockImplementation(() => {});
  wrangler.mockClear().mockImplementation(async () => {
    write("state/v3/d1/objects/one.sqlite", "");
    return { status: 0, output: "" };
  });
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
  vi.restoreAllMocks();
});

describe("the local database", () => {
  it("is migrated at the first start, with the options that name it, and not again", async () => {
    expect(await start()).toBe("migrated");
    expect(wrangler.mock.lastCall?.[0]).toEqual([
      ...["d1", "migrations", "apply", "DB", "--local"],
      ...["--persist-to", join(root, "state"), "--config", join(root, "wrangler.toml")],
    ]);
    expect(await start()).toBe("left alone");
    expect(await start("--port", "9000", "--var", "A:1")).toBe("left alone");
  });

  it.each<[string, () => void]>([
    ["a migration is added", () => write("sql/0001.sql", "CREATE TABLE b (id TEXT);")],
    ["a migration is edited", () => write("sql/0000.sql", "CREATE TABLE b (id TEXT);")],
    [
      "the configuration names another",
      () => write("wrangler.toml", 'database_id = "2"\nmigrations_dir = "sql"\n'),
    ],
    ["it was deleted", () => rmSync(join(root, "state/v3/d1/objects"), { recursive: true })],
    ["everything local was deleted", () => rmSync(join(root, "state"), { recursive: true })],
    ["it was moved", () => options.push("--persist-to", join(root, "elsewhere"))],
    ["it is that of another environment", () => options.push("--env", "other")],
  ])("is migrated again where %s", async (_, change) => {
    await start();
    change();
    expect(await start()).toBe("migrated");
  });

  it("is one of several, which are all migrated: those of the environment that is meant", async () => {
    write(
      "wrangler.toml",
      `[[d1_databases]]
      binding = "DB"
      [[ d1_databases ]]
      binding = "HISTORY_0"
      [[env.other.d1_databases]]
      binding = "DB"
      [[env.other.d1_databases]]
      binding = "HISTORY_7"
      [ai]
      binding = "HISTORY_8"`,
    );
    expect(await start()).toBe("migrated");
    expect(wrangler.mock.calls.map(([args]) => args[3])).toEqual(["DB", "HISTORY_0"]);
    expect(bindingsOf([...options, "--env", "other"])).toEqual(["DB", "HISTORY_7"]);
    write("wrangler.toml", '{ "d1_databases": [\n{ "binding": "HISTORY_1" }] }');
    expect(bindingsOf(options)).toEqual(["DB", "HISTORY_1"]);
  });

  it("is waited for together with the others: none waits for the one before", async () => {
    write("wrangler.toml", 'binding = "DB"\nbinding = "HISTORY_0"\nbinding = "HISTORY_1"');
    const begun = Promise.withResolvers<void>();
    wrangler.mockImplementation(async () => {
      if (wrangler.mock.calls.length === 3) begun.resolve();
      await begun.promise;
      return { status: 0, output: "" };
    });
    expect(await migrateLocally(options, wrangler)).toBeUndefined();
    expect(wrangler).toHaveBeenCalledTimes(3);
  });

  it("is migrated again after a failure, which is told", async () => {
    wrangler.mockImplementationOnce(async () => ({ status: 1, output: "no such table" }));
    expect(await migrateLocally(options, wrangler)).toBe("no such table");
    expect(await start()).toBe("migrated");
  });
});

async function start(...more: string[]): Promise<string> {
  const before = wrangler.mock.calls.length;
  expect(await migrateLocally([...options, ...more], wrangler)).toBeUndefined();
  return wrangler.mock.calls.length > before ? "migrated" : "left alone";
}

function write(name: string, text: string): void {
  const file = join(root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
