import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/**
 * Installs the locked packages where they are not. Returns what is wrong, or nothing.
 * @param {string} root
 * @param {(root: string) => boolean} isThere
 * @returns {string | undefined}
 */
export function ensureInstalled(root, isThere = isInstalled) {
  if (isThere(root)) return undefined;
  process.stderr.write("Installing the locked packages (npm ci)…\n");
  // What a script prints is its answer, so npm talks on stderr; and it need not warn that tools
  // want a newer node, since they get the locked one.
  const result = spawnSync("npm", ["ci", "--loglevel=error"], {
    cwd: root,
    env: { ...process.env, PATH: pathWithout(join(root, "node_modules")) },
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (result.error) return `npm could not be started: ${result.error.message}`;
  if (result.status !== 0) return "npm ci failed; its own message is above.";
  if (isThere(root)) return undefined;
  if (isThere !== isInstalled) return "npm ci left other packages than package-lock.json names.";
  return `npm ci left no ${lockedNode(root)}: are install scripts switched off (npm config get ignore-scripts)?`;
}

/**
 * The node that package-lock.json names; the machine's own may be older than the tools need.
 * @param {string} root
 */
export function lockedNode(root) {
  return join(root, "node_modules", "node", "bin", "node");
}

/**
 * Whether the project's packages are there, and the node that runs its scripts.
 * @param {string} root
 */
export function isInstalled(root) {
  return existsSync(lockedNode(root)) && hasLockedPackages(root);
}

/**
 * Whether node_modules holds what package-lock.json names. Compared by content: times change with
 * every checkout. npm writes its own record last, so an install that broke off has none.
 * @param {string} folder
 */
export function hasLockedPackages(folder) {
  const wanted = packagesOf(join(folder, "package-lock.json"));
  const present = packagesOf(join(folder, "node_modules", ".package-lock.json"));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    // "" is the project itself; an optional package may be meant for another machine.
    if (path === "" || (entry.optional && !present[path])) return true;
    const there = present[path];
    return there?.version === entry.version && there?.integrity === entry.integrity;
  });
}

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} Locked */

/**
 * @param {string} file
 * @returns {Record<string, Locked> | undefined}
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/**
 * npm replaces the node in node_modules, so it must not run on that one.
 * @param {string} folder
 */
function pathWithout(folder) {
  const parts = (process.env.PATH ?? "").split(delimiter);
  return parts.filter((part) => !resolve(part).startsWith(folder)).join(delimiter);
}
