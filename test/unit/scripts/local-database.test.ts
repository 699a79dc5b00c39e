import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { migrateLocally } from "../../../scripts/local-database";

let root = "";
let options: string[] = [];
/** Stands in for what applies them: makes the database, or fails. */
const applies = vi.fn(async (_args: string[]) => ({ status: 0, output: "" }));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "taskroom-database-"));
  options = ["--config", join(root, "wrangler.toml"), "--persist-to", join(root, "state")];
  write("wrangler.toml", 'database_id = "1"\nmigrations_dir = "sql"\n');
  write("sql/0000.sql", "CREATE TABLE a (id TEXT);");
  vi.spyOn(console, "log").mockImplementation(() => {});
  applies.mockClear().mockImplementation(async () => {
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
    expect(applies.mock.lastCall?.[0]).toEqual([
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

  it("is migrated again after a failure, which is told", async () => {
    applies.mockImplementationOnce(async () => ({ status: 1, output: "no such table" }));
    expect(await migrateLocally(options, applies)).toBe("no such table");
    expect(await start()).toBe("migrated");
  });
});

async function start(...more: string[]): Promise<string> {
  const before = applies.mock.calls.length;
  expect(await migrateLocally([...options, ...more], applies)).toBeUndefined();
  return applies.mock.calls.length > before ? "migrated" : "left alone";
}

function write(name: string, text: string): void {
  const file = join(root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
