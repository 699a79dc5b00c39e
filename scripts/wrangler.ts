import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./local-identity";

// Past wrangler's own launcher, which reports a killed wrangler as a success.
const CLI = join(ROOT, "node_modules", "wrangler", "wrangler-dist", "cli.js");

/** Nothing is looked up and nothing reported: everything local works without a network. */
const OFFLINE = {
  WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_HIDE_BANNER: "true",
};
const settings = { cwd: ROOT, env: { ...OFFLINE, ...process.env } };

export function startWrangler(args: string[], options: SpawnOptions): ChildProcess {
  return spawn(process.execPath, ["--no-warnings", CLI, ...args], { ...settings, ...options });
}

/** Runs to the end with our terminal; gives the exit code. */
export function runWrangler(args: string[]): number {
  const command = ["--no-warnings", CLI, ...args];
  return spawnSync(process.execPath, command, { ...settings, stdio: "inherit" }).status ?? 1;
}

/** Runs a script to its end in silence, with nobody to ask. */
export function runQuietly(script: string[]): Promise<{ status: number; output: string }> {
  const options = { ...settings, stdio: ["ignore", "pipe", "pipe"] } satisfies SpawnOptions;
  const child = spawn(process.execPath, ["--no-warnings", ...script], options);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve) => {
    child.on("error", ({ message }) => resolve({ status: 1, output: message }));
    child.on("close", (status) => resolve({ status: status ?? 1, output }));
  });
}

/** What it prints to its standard output, without a terminal; nothing where it fails. */
export function askWrangler(args: string[]): string | undefined {
  const command = ["--no-warnings", CLI, ...args];
  const { status, stdout } = spawnSync(process.execPath, command, {
    ...settings,
    stdio: ["ignore", "pipe", "ignore"],
    encoding: "utf8",
  });
  return status === 0 ? stdout : undefined;
}
