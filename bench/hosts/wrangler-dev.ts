import { spawn } from "node:child_process";
import { join } from "node:path";
import { freePort } from "../../scripts/free-port";
import { waitForHealth } from "../../scripts/health";
import { processes, treeOf } from "../../scripts/process-table";
import { ROOT } from "./build";
import { handleOf, type Launched, SERVER_CORE } from "./launch";

/** The server of `npm run dev`, as it is. */
export async function startDevServer(
  vars: Record<string, string>,
  storage: string,
): Promise<Launched> {
  const port = await freePort();
  const settings = Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  const child = spawn(
    "taskset",
    [
      ...["-c", SERVER_CORE, process.execPath, join(ROOT, "scripts", "run.mjs"), "serve"],
      ...["--port", String(port), "--ip", "127.0.0.1", "--inspector-port", "0"],
      ...["--persist-to", storage, ...settings],
    ],
    {
      cwd: ROOT,
      stdio: ["pipe", "ignore", "ignore"],
      env: {
        ...process.env,
        TASKROOM_STOP_WITH_STDIN: "1",
        WRANGLER_REGISTRY_PATH: join(storage, "registry"),
        WRANGLER_LOG_PATH: join(storage, "logs"),
      },
    },
  );
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const health = await waitForHealth(`http://127.0.0.1:${port}`, { hasEnded, deadlineMs: 60_000 });
  if (health !== "healthy") throw new Error(`wrangler dev is ${health}`);
  const pids = treeOf(child.pid ?? 0, processes()).map(({ pid }) => pid);
  return { port, ...handleOf(child), pids };
}
