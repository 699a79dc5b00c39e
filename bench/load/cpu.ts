import { readFileSync } from "node:fs";

/** The kernel's clock tick in these figures (`getconf CLK_TCK`) is 10 ms on Linux. */
const TICK_SECONDS = 0.01;

/** Seconds of processor time that processes have used, all their threads together. */
export function cpuSeconds(pids: number[]): number {
  return pids.reduce((all, pid) => all + ticks(pid), 0) * TICK_SECONDS;
}

function ticks(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may contain anything; what follows it is regular.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}
