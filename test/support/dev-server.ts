import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DEV_VARS, ensureDevVars } from "../../scripts/dev-vars";
import { freePort } from "../../scripts/free-port";
import { waitForHealth } from "../../scripts/health";
import { devVarsFor } from "../../scripts/local-identity";
import { killAll, type Process, processes, treeOf } from "../../scripts/process-table";
import { ensureSite } from "../../scripts/site-build";
import { copyMigratedState, ensureMigratedState } from "./migrated-state";
import { Server } from "./server";
import { until } from "./until";

const ROOT = resolve(import.meta.dirname, "../..");
const START_DEADLINE_MS = 240_000;
const STOP_DEADLINE_MS = 60_000;
/** A runtime that stands still and did not get to say so is found out after this long. */
const SILENCE_MS = 2000;
/** Not the one of wrangler's proxy, which listens on the server's own port. */
const ROOMS_RUNTIME = /workerd serve .*entry=127\.0\.0\.1:/;
const SECRET = "system-test-secret-system-test-secret-01";

export type DevServerOptions = {
  /** Settings, given as `--var`. */
  vars?: Record<string, string>;
  /** Another wrangler configuration, for a test build. */
  config?: string;
  /** The worker as it was bundled before; else wrangler bundles it, and that again. */
  bundle?: string;
  /** Started by the script of `npm run dev` itself, which prepares what is prepared here already. */
  asScript?: boolean;
  /** Keeps the secret of `.dev.vars`, with which `npm run token` signs. */
  localSecret?: boolean;
  /** Says what failed alone: a line for each request would cost wrangler as much as the rest of its work. */
  isQuiet?: boolean;
};

/** What a server runs. */
export type Code = Pick<DevServerOptions, "config" | "bundle">;

const SCRIPT = [join(ROOT, "scripts", "run.mjs"), "serve"];
export const WRANGLER = join(ROOT, "node_modules", "wrangler", "wrangler-dist", "cli.js");
const STOP_WITH_STDIN = join(ROOT, "test", "support", "stop-with-stdin.mjs");

function commandOf({ asScript, config = "wrangler.toml", bundle, isQuiet }: DevServerOptions) {
  const worker = bundle ? [bundle, "--no-bundle", "--config", config] : ["--config", config];
  if (asScript) return [...SCRIPT, ...worker];
  // What the script runs in the end.
  return [
    ...["--no-warnings", "--import", STOP_WITH_STDIN, WRANGLER, "dev", ...worker],
    ...["--env-file", devVarsFor(resolve(ROOT, config), undefined)],
    ...["--show-interactive-dev-session=false", "--log-level", isQuiet ? "error" : "log"],
  ];
}

const running = new Set<DevServer>();
process.once("exit", () => {
  for (const server of running) server.abandon();
});

/** The server of `npm run dev`, in processes of its own and with a database of its own. */
export class DevServer extends Server {
  /** What the server is told whatever code it runs. */
  readonly #settings: string[];
  #command: string[];
  readonly #scratch = mkdtempSync(join(tmpdir(), "taskroom-dev-"));
  #child: ChildProcess | undefined;
  #output = "";

  private constructor(port: number, options: DevServerOptions) {
    const { vars = {}, localSecret = false } = options;
    super({
      url: `http://localhost:${port}`,
      wsUrl: `ws://localhost:${port}`,
      vars: { ...(!localSecret && { AUTH_JWT_SECRET: SECRET }), ...vars },
    });
    const state = join(this.#scratch, "state");
    ensureDevVars(join(ROOT, DEV_VARS));
    copyMigratedState(state);
    this.#command = commandOf(options);
    this.#settings = [
      ...["--port", String(port), "--inspector-port", "0"],
      ...["--persist-to", state],
      ...Object.entries(this.vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
    ];
  }

  static async start(options: DevServerOptions = {}): Promise<DevServer> {
    await Promise.all([ensureSite(), ensureMigratedState()]);
    const server = new DevServer(await freePort(), options);
    await server.#up();
    return server;
  }

  /** All that the server has printed. */
  get output(): string {
    return this.#output;
  }

  /** The server's processes that live now. */
  get processes(): Process[] {
    const pid = this.#child?.pid;
    if (pid === undefined) return [];
    const all = processes();
    // The group finds those whose parent has ended; the tree those that left the group.
    const tree = new Set(treeOf(pid, all));
    return all.filter((item) => item.pgid === pid || tree.has(item));
  }

  /** The process that holds the rooms. */
  runtime(): Process {
    const runtimes = this.processes.filter(({ command }) => ROOMS_RUNTIME.test(command));
    const [runtime] = runtimes;
    if (runtimes.length === 1 && runtime) return runtime;
    throw new Error(`${runtimes.length} runtimes hold the rooms.`);
  }

  /**
   * Has the test build stop dead where it next comes to this point for the `nth` time, which `act`
   * brings about. Returns when it stands there; false where it does not within the time.
   */
  async freezeAt(
    [point, nth]: [point: string, nth: number],
    act: () => void,
    withinMs = 60_000,
  ): Promise<boolean> {
    const said = this.#output.length;
    const query = new URLSearchParams({ point, nth: String(nth) });
    await fetch(`${this.url}/test/fault?${query}`, { signal: AbortSignal.timeout(withinMs) });
    act();
    // What it says may get lost where wrangler has only just begun to listen; its silence is not.
    const from = Date.now();
    const isStill = async () =>
      this.#output.includes(`stands still: ${point}`, said) ||
      (Date.now() - from > SILENCE_MS && !(await this.#answers()));
    return until(`the runtime stands still at ${point}`, isStill, withinMs).catch(() => false);
  }

  /**
   * `kill -9` of the runtime that holds the rooms, and nothing else; wrangler puts a new one in its
   * place. Returns when that one serves.
   */
  async killRuntime(): Promise<void> {
    killAll([this.runtime()]);
    const health = await waitForHealth(this.url, {
      hasEnded: () => false,
      deadlineMs: START_DEADLINE_MS,
    });
    if (health !== "healthy") throw new Error(`No runtime came back:\n${this.#output}`);
  }

  /** As a power cut would: every process at once, the runtime too. */
  async kill9(): Promise<void> {
    killAll(this.processes);
    await this.#gone();
  }

  /** Ends with its stdin, as it does when the test process is gone; gives its exit code. */
  async down(): Promise<number | null> {
    const child = this.#child;
    if (!child) return null;
    const exited = child.exitCode === null && child.signalCode === null && once(child, "exit");
    child.stdin?.end();
    await this.#gone();
    await exited;
    return child.exitCode;
  }

  /** Ends, where it has not, and comes up again with the same address and the same stored data. */
  async restart(): Promise<void> {
    await this.down();
    await this.#up();
  }

  /** Ends, and comes up with other code: the same address, settings and stored data. */
  async change(code: Code, how: "orderly" | "kill -9"): Promise<void> {
    await (how === "orderly" ? this.down() : this.kill9());
    this.#command = commandOf(code);
    await this.#up();
  }

  /** Ends the server, and removes its data. */
  async stop(): Promise<void> {
    await this.down();
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  /** The last resort, when the test process itself ends. */
  abandon(): void {
    killAll(this.processes);
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  async #up(): Promise<void> {
    const child = spawn(process.execPath, [...this.#command, ...this.#settings], {
      cwd: ROOT,
      detached: true,
      // Should the test process be killed, its end of stdin closes, and the server stops.
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        ...process.env,
        TASKROOM_STOP_WITH_STDIN: "1",
        WRANGLER_SEND_METRICS: "false",
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
        // A worker that keeps a trace of every frame and statement, and one that shows the storage.
        X_LOCAL_OBSERVABILITY: "false",
        X_LOCAL_EXPLORER: "false",
        // Its own register of running workers: two servers of one name must not find each other.
        WRANGLER_REGISTRY_PATH: join(this.#scratch, "registry"),
        WRANGLER_LOG_PATH: join(this.#scratch, "logs"),
      },
    });
    this.#child = child;
    running.add(this);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    const health = await waitForHealth(this.url, { hasEnded, deadlineMs: START_DEADLINE_MS });
    if (health === "healthy") return;
    await this.kill9();
    throw new Error(`The server did not start (${health}):\n${this.#output}`);
  }

  async #answers(): Promise<boolean> {
    const signal = AbortSignal.timeout(500);
    return fetch(`${this.url}/test/alive`, { signal }).then(
      () => true,
      () => false,
    );
  }

  async #gone(): Promise<void> {
    try {
      await until(
        "no process of the server is left",
        () => this.processes.length === 0,
        STOP_DEADLINE_MS,
      );
    } finally {
      killAll(this.processes);
      running.delete(this);
      this.#child = undefined;
    }
  }
}
