// The entry of every npm script: plain JavaScript without dependencies, because it runs on
// node 20 and before anything is installed. The scripts themselves run on the locked node.
import { spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import * as nodeModule from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ensureInstalled, lockedNode } from "./install.mjs";
import { portRefusal } from "./port.mjs";

const root = fileURLToPath(new URL("..", import.meta.url).href);
const [name = "", ...args] = process.argv.slice(2);

// To install and to build takes a minute: what stands in the way is told before.
const trouble = (name === "serve" && (await portRefusal(args))) || ensureInstalled(root);
if (trouble) {
  process.stderr.write(`${trouble}\n`);
  process.exit(1);
}

if (realpathSync(process.execPath) === realpathSync(lockedNode(root))) await runHere();
else handOver();

async function runHere() {
  // Wrangler is 15 MB of code, which node need not compile at every start.
  process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "node");
  nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import("./own-imports.mjs");
  const script = join(root, "scripts", `${name}.ts`);
  process.argv.splice(1, 2, script);
  await import(pathToFileURL(script).href);
}

function handOver() {
  const script = fileURLToPath(import.meta.url);
  const child = spawn(lockedNode(root), [script, name, ...args], { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; forwarded, it would count twice.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  // An npm that is killed outright tells nothing; we only get another parent.
  const parent = process.ppid;
  const orphaned = () => process.env.npm_lifecycle_event && process.ppid !== parent;
  setInterval(() => orphaned() && child.kill("SIGTERM"), 500).unref();
  child.on("exit", (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
