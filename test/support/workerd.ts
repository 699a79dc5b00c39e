import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { freePort } from "../../scripts/free-port";
import { until } from "./until";

/** The runtime's package says where its program is, and has no types. */
const runtime = z.object({ default: z.string() });

/** A Worker in a runtime of its own, which may reach addresses of this machine. */
export async function startWorker(modules: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), "taskroom-worker-"));
  const port = await freePort();
  for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, name), text);
  const embedded = Object.keys(modules).map(
    (name) => `(name = "${name}", esModule = embed "${name}")`,
  );
  const config = `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [
        (name = "main", worker = (modules = [${embedded}], compatibilityDate = "2026-10-01")),
        (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true)))
      ],
      sockets = [(name = "http", address = "localhost:${port}", http = (), service = "main")]
    );`;
  writeFileSync(join(folder, "worker.capnp"), config);
  const { default: workerd } = runtime.parse(createRequire(import.meta.url)("workerd"));
  const child = spawn(workerd, ["serve", join(folder, "worker.capnp")], { stdio: "inherit" });
  const url = `http://localhost:${port}`;
  await until("the Worker listens", () =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  );
  return {
    url,
    stop: () => {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
