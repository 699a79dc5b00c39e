import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./local-identity";

/** Whether the clone has this commit; a shallow one may not. */
export function isInClone(commit: string): boolean {
  const args = ["cat-file", "-e", `${commit}^{commit}`];
  return spawnSync("git", args, { cwd: ROOT, stdio: "ignore" }).status === 0;
}

/** The sources of a commit in a folder of their own, for the caller to remove; throws what git says. */
export function checkOut(commit: string): string {
  const checkout = mkdtempSync(join(tmpdir(), "taskroom-release-"));
  const archive = execFileSync("git", ["archive", commit], { cwd: ROOT, maxBuffer: 1024 ** 3 });
  execFileSync("tar", ["-x", "-C", checkout], { input: archive });
  addPackages(checkout);
  return checkout;
}

const LOCK = "package-lock.json";

/** Its own packages, where they were others than now. */
function addPackages(checkout: string): void {
  const lockIn = (folder: string) => readFileSync(join(folder, LOCK), "utf8");
  if (lockIn(checkout) === lockIn(ROOT)) {
    symlinkSync(join(ROOT, "node_modules"), join(checkout, "node_modules"));
    return;
  }
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  execFileSync("npm", args, { cwd: checkout, stdio: ["ignore", "ignore", "inherit"] });
}
