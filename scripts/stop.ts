import type { ChildProcess } from "node:child_process";
import { killAll, processes, treeOf } from "./process-table";

const GRACE_MS = 5000;
const PARENT_CHECK_MS = 500;
const RUNTIME = /\/(workerd|esbuild) /;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Ends a server with us, politely first, and whatever it started with it. What comes back says
 * whether that was asked for.
 */
export function stopWithUs(child: ChildProcess): () => boolean {
  let stopping = false;
  const stop = () => {
    // Ctrl-C comes from the terminal and from npm: once is enough.
    if (stopping) return;
    stopping = true;
    const tree = treeOf(child.pid ?? -1);
    child.kill("SIGTERM");
    setTimeout(() => killAll(tree), GRACE_MS).unref();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  // Whoever starts us as a part of their own work holds our stdin open while they live.
  if (process.env.TASKROOM_STOP_WITH_STDIN) process.stdin.on("end", stop).resume();
  if (process.env.npm_lifecycle_event) onOrphaned(stop);
  return () => stopping;
}

/** An npm that was killed outright tells its script nothing; the script gets another parent. */
function onOrphaned(stop: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, PARENT_CHECK_MS);
  watch.unref();
}

/**
 * Ends the runtimes that a killed wrangler has left behind; they would hold on to the port. Whoever
 * takes orphans over (init, or a session's own manager) is outside of our process group.
 */
export function sweepOrphans(): void {
  const all = processes();
  const own = all.find(({ pid }) => pid === process.pid);
  const group = all.filter(({ pgid }) => pgid === own?.pgid);
  const members = new Set(group.map(({ pid }) => pid));
  killAll(group.filter(({ ppid, command }) => !members.has(ppid) && RUNTIME.test(command)));
}
