import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export type Process = { pid: number; ppid: number; pgid: number; command: string };

/** Every living process; one that has ended and only waits to be collected is not among them. */
export function processes(): Process[] {
  return process.platform === "linux" ? fromProc() : fromPs();
}

/** A process and all that it started, and they in turn, as long as their parents live. */
export function treeOf(pid: number, all: Process[] = processes()): Process[] {
  const own = all.filter((item) => item.pid === pid);
  const children = all.filter((item) => item.ppid === pid);
  return [...own, ...children.flatMap((child) => treeOf(child.pid, all))];
}

export function killAll(targets: Process[], signal: NodeJS.Signals = "SIGKILL"): void {
  for (const { pid } of targets) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended meanwhile, which is what was wanted.
    }
  }
}

// Small Linux images have no `ps`.
function fromProc(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        // The name in parentheses may contain anything; what follows it is regular.
        const [state, ppid, pgid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        if (state === "Z" || state === "X") return [];
        return [{ pid: Number(name), ppid: Number(ppid), pgid: Number(pgid), command }];
      } catch {
        return [];
      }
    });
}

function fromPs(): Process[] {
  const text = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid=,state=,args="], {
    encoding: "utf8",
    maxBuffer: 16 * 1024 * 1024,
  });
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    const [, pid, ppid, pgid, state, command = ""] = match ?? [];
    if (!state || state.startsWith("Z")) return [];
    return [{ pid: Number(pid), ppid: Number(ppid), pgid: Number(pgid), command }];
  });
}
