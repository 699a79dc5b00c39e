import { McpTools } from "../../../../src/agents/tools/mcp-tools";
import type { CallOptions, ToolProgress } from "../../../../src/agents/tools/tool-box";
import { settings } from "../../../../src/platform/settings";
import type { AgentConfig } from "../../../../src/resources/agent";

type ServerConfig = Partial<AgentConfig["mcpServers"][string]>;

/** What a call is told of where it comes from. */
export const DESCENT = { depth: 2, tasks: ["task_1", "task_2"] };

/** A box with one server, `s`, and what is said of it. `end` waits for whatever it still has to do. */
export async function boxAt(url: string, config: ServerConfig = {}, window = 200_000) {
  const held: Promise<unknown>[] = [];
  const warned: string[] = [];
  const stop = new AbortController();
  const box = new McpTools(window, {
    settings: settings.parse({ ALLOW_PRIVATE_TARGETS: "true" }),
    signal: stop.signal,
    descent: DESCENT,
    hold: (work) => void held.push(work),
  });
  await box.connect({ s: { url, headers: {}, ...config } }, (message) => warned.push(message));
  const end = async () => {
    box.close();
    for (let done = 0; done < held.length; done = held.length) await Promise.all(held);
  };
  return { box, warned, stop, end, names: box.tools.map(({ name }) => name) };
}

export type Box = Awaited<ReturnType<typeof boxAt>>;

export function call({ box, stop }: Box, name = "look", more: Partial<CallOptions> = {}) {
  const options = { key: "t:s:1:0:0", signal: stop.signal, onProgress: () => undefined, ...more };
  return box.call(name, { q: "x" }, options);
}

export function listening() {
  const told: ToolProgress[] = [];
  return { told, onProgress: (progress: ToolProgress) => void told.push(progress) };
}
