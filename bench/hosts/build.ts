import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export const BENCH = join(import.meta.dirname, "..");
export const ROOT = join(BENCH, "..");
export const DIST = join(BENCH, "dist");

const here = createRequire(import.meta.url);

export type WorkerName = (typeof BY_ESBUILD)[number] | (typeof BY_WRANGLER)[number];

const BY_ESBUILD = [
  ...(["bare-object", "dutiful-object", "party-server", "chat-agent"] as const),
  ...(["bare-route", "dutiful-route", "ui-route"] as const),
] as const;
const BY_WRANGLER = ["taskroom", "counted-taskroom"] as const;

export function bundlePath(name: WorkerName): string {
  return join(DIST, name, name === "taskroom" ? "index.js" : `${name}.js`);
}

/** Bundles every worker anew; Taskroom's as it is deployed. */
export async function buildAll(): Promise<void> {
  const esbuild: typeof import("esbuild") = await import("esbuild");
  for (const name of BY_ESBUILD) {
    await esbuild.build({
      entryPoints: [join(BENCH, "servers", `${name}.ts`)],
      outfile: bundlePath(name),
      bundle: true,
      format: "esm",
      target: "es2024",
      conditions: ["workerd", "worker", "browser"],
      external: ["cloudflare:workers", "node:*"],
      alias: {
        "cloudflare:email": join(BENCH, "servers", "email-stub.ts"),
        path: join(BENCH, "servers", "path.ts"),
      },
      logLevel: "error",
    });
  }
  for (const name of BY_WRANGLER) wranglerBuild(name);
}

/** What a deployment would upload. */
function wranglerBuild(name: WorkerName): void {
  const cli = join(ROOT, "node_modules", "wrangler", "wrangler-dist", "cli.js");
  const config = join(BENCH, "servers", `${name}.toml`);
  const args = ["deploy", "--dry-run", "--config", config, "--outdir", join(DIST, name)];
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: BENCH,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" },
    encoding: "utf8",
  });
  if (status !== 0 || !existsSync(bundlePath(name))) throw new Error(`${name}: ${stdout}${stderr}`);
}

/** The version of a package that the benchmarks run with. */
export function versionOf(name: string): string {
  const folder = here.resolve.paths(name)?.find((path) => existsSync(join(path, name)));
  if (!folder) return "?";
  return JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8")).version;
}
