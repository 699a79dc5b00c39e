import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "./command";
import { WRANGLER } from "./dev-server";

export const TEST_BUILD = "test/worker/wrangler.toml";
const BUNDLING_MS = 300_000;

/** The worker as wrangler bundles it: files that a server can be started with. */
export type Bundles = {
  production: string;
  /** With the doors that tests can break. */
  testBuild: string;
  /** What the rehearsal of a deployment printed that left the production bundle. */
  rehearsal: string;
};

/**
 * Bundles both workers, as a deployment does, for all servers that need not do so themselves. The
 * one that is started again and again is minified: wrangler and the runtime read it in half the time.
 */
export async function makeBundles(): Promise<Bundles & { remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "taskroom-bundles-"));
  const [production, testBuild] = await Promise.all([
    rehearse(join(folder, "production")),
    rehearse(join(folder, "test"), "--config", TEST_BUILD, "--minify"),
  ]);
  return {
    production: production.bundle,
    testBuild: testBuild.bundle,
    rehearsal: production.said,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The worker of a configuration, whichever checkout's; gives the file. */
export async function bundleOf(config: string, folder: string): Promise<string> {
  const options = ["deploy", "--dry-run", "--minify", "--config", config, "--outdir", folder];
  const command = new Command(process.execPath, ["--no-warnings", WRANGLER, ...options]);
  const code = await command.end(BUNDLING_MS);
  if (code !== 0) throw new Error(`${command.stdout}${command.stderr}`);
  return join(folder, "index.js");
}

/** `npm run deploy` up to where it would change something. */
async function rehearse(folder: string, ...options: string[]) {
  const command = Command.script("deploy", ["--dry-run", "--outdir", folder, ...options]);
  const code = await command.end(BUNDLING_MS);
  if (code !== 0) throw new Error(`${command.stdout}${command.stderr}`);
  return { bundle: join(folder, "index.js"), said: command.stdout };
}
