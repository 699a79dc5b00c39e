import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOM_STEPS } from "../../../src/durable-objects/task-room/store/schema";
import { USER_ROOM_STEPS } from "../../../src/durable-objects/user-room/schema";
import releasedMigrations from "../../compat/fixtures/migrations.json";
import releasedSteps from "../../compat/fixtures/steps.json";
import { breaches } from "./expand-only";

const FOLDER = join(import.meta.dirname, "../../../migrations");
const migrations = readdirSync(FOLDER).filter((name) => name.endsWith(".sql"));
const read = (name: string) => readFileSync(join(FOLDER, name), "utf8");

describe("migrations of the database", () => {
  it.each(Object.entries(releasedMigrations))("%s is what was released", (name, hash) => {
    expect(createHash("sha256").update(read(name)).digest("hex")).toBe(hash);
  });

  it("come after those of the last release, and leave them their tables", () => {
    const released = Object.keys(releasedMigrations);
    expect(migrations.sort().slice(0, released.length)).toEqual(released);
    const found = migrations
      .filter((name) => !released.includes(name))
      .map((name) => [name, breaches(read(name), released)]);
    expect(found.filter(([, why]) => why?.length !== 0)).toEqual([]);
  });
});

describe.each([
  ["a task's room", ROOM_STEPS, releasedSteps.TaskRoom],
  ["a user's room", USER_ROOM_STEPS, releasedSteps.UserRoom],
])("steps of %s", (_object, steps: readonly string[], released) => {
  it("that were released stay as they are, to the letter", () => {
    expect(steps.slice(0, released.length)).toEqual(released);
  });

  it("that follow leave the last release its tables", () => {
    const names = released.map((_, i) => `step-${i + 1}`);
    const later = steps.slice(released.length).map((step) => breaches(step, names));
    expect(later.flat()).toEqual([]);
  });
});

describe("what the last release can live with", () => {
  it.each([
    ["a new table", "CREATE TABLE a (b TEXT NOT NULL) STRICT"],
    ["a new table that is filled", "CREATE TABLE a (b); INSERT INTO a SELECT c FROM d"],
    ["its unique index", "CREATE TABLE `a` (b); CREATE UNIQUE INDEX `a_b` ON `a` (`b`)"],
    ["an index", "CREATE INDEX a_b ON a (b)"],
    ["an index in place of another", "DROP INDEX a_b; CREATE INDEX a_c ON a (c)"],
    ["a column that may be empty", "ALTER TABLE a ADD COLUMN b TEXT"],
    ["a column with a default", "ALTER TABLE a ADD b INTEGER NOT NULL DEFAULT 0"],
    ["a column that is filled", "ALTER TABLE a ADD COLUMN b TEXT; UPDATE a SET b = lower(c)"],
    ["words in a comment", "-- DROP TABLE a; RENAME it\nCREATE TABLE b (c)"],
    ["what the release before has left", "-- contract of 0003.sql\nDROP TABLE a"],
  ])("%s", (_what, sql) => {
    expect(breaches(sql, ["0003.sql"])).toEqual([]);
  });

  it.each([
    ["a table that goes", "DROP TABLE a"],
    ["a column that goes", "ALTER TABLE a DROP COLUMN b"],
    ["another name", "ALTER TABLE a RENAME COLUMN b TO c"],
    [
      "another type, by a table made anew",
      "CREATE TABLE n (b); DROP TABLE a; ALTER TABLE n RENAME TO a",
    ],
    ["a column that must be filled", "ALTER TABLE `a` ADD COLUMN `b` text NOT NULL"],
    ["uniqueness of what is there", "CREATE UNIQUE INDEX a_b ON a (b)"],
    ["rows that change", "UPDATE a SET b = 1"],
    ["rows that go", "DELETE FROM `a` WHERE b = 1"],
    ["what this release replaces", "-- contract of 0009.sql\nDROP TABLE a"],
  ])("not %s", (_what, sql) => {
    expect(breaches(sql, ["0003.sql"])).not.toEqual([]);
  });
});
