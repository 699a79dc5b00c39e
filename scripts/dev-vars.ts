import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";

export const DEV_VARS = ".dev.vars";

/** Makes the file of local secrets where there is none; says whether it did. */
export function ensureDevVars(file: string): boolean {
  const text = [
    "# Secrets of local development, made at random. Never committed, never deployed.",
    `AUTH_JWT_SECRET="${randomBytes(48).toString("base64url")}"`,
    `SECRETS_KEY="${randomBytes(32).toString("base64")}"`,
    "# Agents and models on this machine may be reached.",
    'ALLOW_PRIVATE_TARGETS="true"',
    "",
  ].join("\n");
  try {
    // "wx" refuses an existing file, so that two first starts cannot overwrite each other's.
    writeFileSync(file, text, { mode: 0o600, flag: "wx" });
    return true;
  } catch (error) {
    if (isMissingOrExists(error, "EEXIST")) return false;
    throw error;
  }
}

/** The variables of a `.dev.vars` file; none where there is no file. */
export function readDevVars(file: string): Record<string, string> {
  try {
    const entries = Object.entries(parseEnv(readFileSync(file, "utf8")));
    return Object.fromEntries(entries.flatMap(([key, value]) => (value ? [[key, value]] : [])));
  } catch (error) {
    if (isMissingOrExists(error, "ENOENT")) return {};
    throw error;
  }
}

function isMissingOrExists(error: unknown, code: "EEXIST" | "ENOENT"): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
