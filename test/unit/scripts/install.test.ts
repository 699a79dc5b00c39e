import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isInstalled, lockedNode } from "../../../scripts/install.mjs";

type Locked = Record<string, { version: string; integrity?: string; optional?: boolean }>;

const LOCKED: Locked = {
  "": { version: "0.1.0" },
  "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
  "node_modules/b": { version: "2.0.0", integrity: "sha512-b" },
  "node_modules/elsewhere": { version: "1.0.0", integrity: "sha512-e", optional: true },
};
const { "": _, "node_modules/elsewhere": __, ...PRESENT } = LOCKED;

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "taskroom-install-"));
  write("package-lock.json", JSON.stringify({ packages: LOCKED }));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it("takes what the lock names as installed, without packages for other machines", () => {
  install(PRESENT);
  expect(isInstalled(root)).toBe(true);
});

it.each<[string, Locked]>([
  ["a package is missing", { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } }],
  [
    "a version differs",
    { ...PRESENT, "node_modules/b": { version: "2.0.1", integrity: "sha512-b" } },
  ],
  [
    "the content differs",
    { ...PRESENT, "node_modules/b": { version: "2.0.0", integrity: "sha512-x" } },
  ],
])("is not installed where %s", (_, present) => {
  install(present);
  expect(isInstalled(root)).toBe(false);
});

it("is not installed on a fresh clone, nor where an install broke off", () => {
  expect(isInstalled(root)).toBe(false);
  mkdirSync(join(root, "node_modules", "a"), { recursive: true });
  expect(isInstalled(root)).toBe(false);
});

it("is not installed where install scripts did not run and the locked node is missing", () => {
  write("node_modules/.package-lock.json", JSON.stringify({ packages: PRESENT }));
  expect(isInstalled(root)).toBe(false);
});

function install(packages: Locked): void {
  write("node_modules/.package-lock.json", JSON.stringify({ packages }));
  mkdirSync(dirname(lockedNode(root)), { recursive: true });
  writeFileSync(lockedNode(root), "");
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
