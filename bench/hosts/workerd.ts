// Runs one worker on workerd without anything in front of it, until its stdin ends. As a process of
// its own, so that it can be pinned to a core. Prints the port on which it listens.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Miniflare, type WorkerOptions } from "miniflare";
import { bundlePath, ROOT, type WorkerName } from "./build";

export type WorkerdSpec = {
  worker: WorkerName;
  /** Bindings by class name. */
  objects: Record<string, string>;
  vars: Record<string, string | boolean>;
  /** Where Taskroom's database and objects are stored; also gives it a database. */
  storage: string;
  database?: boolean;
  rateLimited?: boolean;
  /** A port for `--inspector`-like profiling. */
  inspectorPort?: number;
};

const spec: WorkerdSpec = JSON.parse(process.argv[2] ?? "{}");

const worker: WorkerOptions = {
  modules: [{ type: "ESModule", path: bundlePath(spec.worker) }],
  compatibilityDate: "2026-10-01",
  compatibilityFlags: ["nodejs_compat"],
  bindings: spec.vars,
  durableObjects: Object.fromEntries(
    Object.entries(spec.objects).map(([binding, className]) => [
      binding,
      { className, useSQLite: true },
    ]),
  ),
  ...(spec.database && { d1Databases: { DB: "taskroom" } }),
  ...(spec.rateLimited && {
    ratelimits: {
      RATE_LIMIT: limiter("1001", 6000),
      // What is measured makes more tasks than a person may.
      TASK_LIMIT: limiter("1011", 1_000_000),
      GRANT_LIMIT: limiter("1012", 120),
      ADDRESS_LIMIT: limiter("1013", 300),
      INVITE_LIMIT: limiter("1014", 200),
    },
  }),
  // Past miniflare's own entry worker, which would cost each request a hop.
  unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
};

const miniflare = new Miniflare({
  ...worker,
  cf: false,
  d1Persist: join(spec.storage, "d1"),
  durableObjectsPersist: join(spec.storage, "objects"),
  ...(spec.inspectorPort !== undefined && { inspectorPort: spec.inspectorPort }),
});

const url = await miniflare.unsafeGetDirectURL();
if (spec.database) await migrate(await miniflare.getD1Database("DB"));
process.stdout.write(`ready ${url.port}\n`);
process.stdin.resume();
process.stdin.on("end", stop);
process.on("SIGTERM", stop);

async function stop(): Promise<void> {
  await miniflare.dispose();
  process.exit(0);
}

type Database = Awaited<ReturnType<Miniflare["getD1Database"]>>;

async function migrate(db: Database): Promise<void> {
  const tables = await db.prepare("SELECT name FROM sqlite_master WHERE name = 'tasks'").all();
  if (tables.results.length > 0) return;
  const folder = join(ROOT, "migrations");
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()) {
    const statements = readFileSync(join(folder, file), "utf8").split("--> statement-breakpoint");
    await db.batch(statements.map((statement) => db.prepare(statement)));
  }
}

/** At most so many a minute. */
function limiter(namespace_id: string, limit: number) {
  return { namespace_id, simple: { limit, period: 60 as const } };
}
