import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { treeOf } from "../../scripts/process-table";
import { BENCH, ROOT } from "./build";

/** Servers share this core; the load generator has the other. */
export const SERVER_CORE = "0";
export const LOAD_CORE = "1";
const START_DEADLINE_MS = 60_000;

export type Launched = { port: number; pids: number[]; stop(): Promise<void> };

/** Starts one of our scripts on the servers' core and waits until it prints that it is ready. */
export async function launch(
  script: string,
  { args = [], env = {} }: { args?: string[]; env?: Record<string, string> },
): Promise<Launched> {
  const node = [
    process.execPath,
    "--import",
    join(ROOT, "scripts", "own-imports.mjs"),
    join(BENCH, script),
  ];
  const child = spawn("taskset", ["-c", SERVER_CORE, ...node, ...args], {
    // Miniflare takes modules from below its working directory only.
    cwd: BENCH,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const port = await whenReady(script, child, /ready ?(\d*)/);
  return { port, ...handleOf(child) };
}

/** What it takes to count a server's processor time and to end it. */
export function handleOf(child: ChildProcess): Pick<Launched, "pids" | "stop"> {
  const pids = treeOf(child.pid ?? 0).map(({ pid }) => pid);
  const stop = () =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve();
      child.once("exit", () => resolve());
      child.stdin?.end();
      child.kill("SIGTERM");
    });
  return { pids, stop };
}

export function whenReady(name: string, child: ChildProcess, sign: RegExp): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let said = "";
  const fail = (why: string) => reject(new Error(`${name} ${why}:\n${said}`));
  const timer = setTimeout(() => fail("did not start in time"), START_DEADLINE_MS);
  const listen = (bytes: Buffer) => {
    said += bytes.toString();
    const found = sign.exec(said);
    if (found) resolve(Number(found[1] ?? 0));
  };
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  child.once("exit", () => fail("ended"));
  return promise.finally(() => clearTimeout(timer));
}
