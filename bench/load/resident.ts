import { readFileSync } from "node:fs";

/** Memory of processes that is in RAM, shared pages counted in each. */
export function residentKiB(pids: number[]): number {
  return pids.reduce((all, pid) => {
    const found = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return all + Number(found?.[1] ?? 0);
  }, 0);
}
