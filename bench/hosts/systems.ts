import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../scripts/free-port";
import type { DialectName } from "../load/dialects/index";
import { type Launched, launch } from "./launch";
import { JWT_SECRET } from "./secrets";
import type { WorkerdSpec } from "./workerd";
import { startDevServer } from "./wrangler-dev";

/** Everything that takes part. The second `bare` is the first once more: the A/A band. */
export const SYSTEMS = [
  "bare",
  "bare-again",
  "bare-coalesced",
  "dutiful",
  "partyserver",
  "agents",
  "socket.io",
  "ws",
  "ws-coalesced",
  "taskroom",
  "taskroom-dev",
] as const;
/** Builds that count or fill, REST routes, and second servers: in the rows that are about those. */
type Helper =
  | ("taskroom-counted" | "agents-counted" | "bare-route" | "dutiful-route" | "ui-route")
  | ("bare-second" | "taskroom-second");
export type SystemName = (typeof SYSTEMS)[number] | Helper;

export const LABELS: Record<SystemName, string> = {
  bare: "bare object (the floor)",
  "bare-again": "bare object, again (A/A)",
  "bare-coalesced": "bare object, coalescing",
  dutiful: "bare object, with a room's duties",
  partyserver: "partyserver",
  agents: "agents (AIChatAgent)",
  "socket.io": "socket.io",
  ws: "ws",
  "ws-coalesced": "ws, coalescing",
  taskroom: "Taskroom",
  "taskroom-dev": "Taskroom behind `wrangler dev`",
  "taskroom-counted": "Taskroom",
  "agents-counted": "agents (AIChatAgent)",
  "bare-route": "bare Hono route",
  "dutiful-route": "bare route, with its duties",
  "ui-route": "`streamText` in a Worker",
  "bare-second": "bare object",
  "taskroom-second": "Taskroom",
};

/** What the load generator has to know of a running server. */
export type Target = { system: SystemName; dialect: DialectName; port: number; pids: number[] };

export type Running = { target: Target; storage: string; stop(): Promise<void> };

export function taskroomVars(modelUrl: string): Record<string, string> {
  return {
    AUTH_JWT_SECRET: JWT_SECRET,
    ALLOW_PRIVATE_TARGETS: "true",
    SECRETS_KEY: "dGVzdC1zZWNyZXRzLWtleS10ZXN0LXNlY3JldHMtMDE=",
    DEFAULT_MODEL_BASE_URL: modelUrl,
    DEFAULT_MODEL: "scripted",
    MODEL_FIRST_BYTE_TIMEOUT_MS: "120000",
    // A crowd's people have ten devices each.
    SESSIONS_PER_USER: "10",
  };
}

export async function startSystem(
  system: SystemName,
  modelUrl: string,
  more: Partial<WorkerdSpec> = {},
): Promise<Running> {
  const storage = newStorage();
  const launched = await start(system, modelUrl, { ...more, storage });
  const { port, pids } = launched;
  const stop = async () => {
    await launched.stop();
    rmSync(storage, { recursive: true, force: true });
  };
  return { target: { system, dialect: dialectOf(system), port, pids }, storage, stop };
}

type More = Partial<WorkerdSpec> & { storage: string };

function start(system: SystemName, MODEL_URL: string, more: More): Promise<Launched> {
  switch (system) {
    case "bare":
    case "bare-again":
    case "bare-second":
      return startBare({ MODEL_URL, COALESCED: false }, more);
    case "bare-coalesced":
      return startBare({ MODEL_URL, COALESCED: true }, more);
    case "dutiful":
      return startWorkerd({
        worker: "dutiful-object",
        objects: { ROOM: "DutifulRoom", PERSON: "Person" },
        vars: { MODEL_URL, AUTH_JWT_SECRET: JWT_SECRET },
        database: true,
        rateLimited: true,
        ...more,
      });
    case "partyserver":
      return startWorkerd({
        worker: "party-server",
        objects: { Room: "Room" },
        vars: { MODEL_URL },
        ...more,
      });
    case "agents":
      return startAgents({ MODEL_URL }, more);
    case "agents-counted":
      return startAgents({ MODEL_URL, COUNTED: true }, more);
    case "taskroom-counted":
      return startTaskroom(MODEL_URL, { ...more, worker: "counted-taskroom" });
    case "bare-route":
      return startWorkerd({ worker: "bare-route", objects: {}, vars: {}, database: true, ...more });
    case "dutiful-route":
      return startWorkerd({
        worker: "dutiful-route",
        objects: { ROOM: "TaskObject" },
        vars: { AUTH_JWT_SECRET: JWT_SECRET },
        database: true,
        rateLimited: true,
        ...more,
      });
    case "ui-route":
      return startWorkerd({ worker: "ui-route", objects: {}, vars: { MODEL_URL }, ...more });
    case "taskroom":
    case "taskroom-second":
      return startTaskroom(MODEL_URL, more);
    case "taskroom-dev":
      return startDevServer(taskroomVars(MODEL_URL), more.storage);
    case "socket.io":
      return startNode("servers/socket-io.ts", { MODEL_URL });
    case "ws":
      return startNode("servers/plain-ws.ts", { MODEL_URL });
    case "ws-coalesced":
      return startNode("servers/plain-ws.ts", { MODEL_URL, COALESCED: "true" });
  }
}

function dialectOf(system: SystemName): DialectName {
  if (system.startsWith("taskroom")) return "taskroom";
  if (system.startsWith("agents")) return "agents";
  if (system === "socket.io" || system === "dutiful") return system;
  return system === "partyserver" ? "party" : "relay";
}

function startTaskroom(modelUrl: string, more: More): Promise<Launched> {
  return startWorkerd({
    worker: "taskroom",
    objects: {
      TASK_ROOM: "TaskRoom",
      USER_ROOM: "UserRoom",
      USAGE_METER: "UsageMeter",
      METRICS_SHARD: "MetricsShard",
    },
    rateLimited: true,
    vars: taskroomVars(modelUrl),
    database: true,
    ...more,
  });
}

function startWorkerd(spec: WorkerdSpec): Promise<Launched> {
  return launch("hosts/workerd.ts", { args: [JSON.stringify(spec)] });
}

function startAgents(vars: WorkerdSpec["vars"], more: More): Promise<Launched> {
  return startWorkerd({ worker: "chat-agent", objects: { Chat: "Chat" }, vars, ...more });
}

function startBare(vars: WorkerdSpec["vars"], more: More): Promise<Launched> {
  return startWorkerd({ worker: "bare-object", objects: { ROOM: "BareRoom" }, vars, ...more });
}

async function startNode(script: string, env: Record<string, string>): Promise<Launched> {
  const port = await freePort();
  return { ...(await launch(script, { env: { ...env, PORT: String(port) } })), port };
}

const folders = new Set<string>();
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own; in memory, as `npm run bench` has it for all. */
export function newStorage(): string {
  const folder = mkdtempSync(join(tmpdir(), "taskroom-bench-"));
  folders.add(folder);
  return folder;
}
