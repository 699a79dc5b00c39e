import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Command } from "../../support/command";

/** As patient as a busy machine needs. */
const BUILDING_MS = 300_000;
const scratch = mkdtempSync(join(tmpdir(), "taskroom-package-"));
const folder = join(scratch, "package");

beforeAll(async () => {
  const building = Command.script("build-client", [folder]);
  expect(await building.end(BUILDING_MS), building.stderr).toBe(0);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the built package", () => {
  it("is packed as its readers expect: no complaint of publint", async () => {
    const { messages, pkg } = await publint({ pkgDir: folder, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it("has right types for every way to load both entries: no complaint of attw", async () => {
    const packed = execFileSync("npm", ["pack", folder, "--pack-destination", scratch], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const tarball = new Uint8Array(readFileSync(join(scratch, packed.trim())));
    const checked = await checkPackage(createPackageFromTarballData(tarball));
    if (!checked.types) throw new Error("it has no types");
    expect(Object.keys(checked.entrypoints)).toEqual(["./client", "./react"]);
    expect(checked.problems).toEqual([]);
  });
});
