import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWrangler } from "../../scripts/wrangler";

export const TEST_BUILD = "test/worker/wrangler.toml";

/** The worker as wrangler bundles it: files that a server can be started with. */
export type Bundles = {
  production: string;
  /** With the doors that tests can break. */
  testBuild: string;
};

/**
 * Bundles both workers, as a deployment would, for all servers that need not do so themselves. The
 * one that is started again and again is minified: wrangler and the runtime read it in half the time.
 */
export async function makeBundles(): Promise<Bundles & { remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "taskroom-bundles-"));
  const [production, testBuild] = await Promise.all([
    bundle(join(folder, "production"), "wrangler.toml"),
    bundle(join(folder, "test"), TEST_BUILD, "--minify"),
  ]);
  return {
    production,
    testBuild,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function bundle(folder: string, config: string, ...more: string[]): Promise<string> {
  const args = ["deploy", "--dry-run", "--outdir", folder, "--config", config, ...more];
  const child = startWrangler(args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (text) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      if (code === 0) resolve(join(folder, "index.js"));
      else reject(new Error(output));
    });
  });
}
