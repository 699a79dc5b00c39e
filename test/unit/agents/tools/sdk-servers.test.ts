import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { McpTools } from "../../../../src/agents/tools/mcp-tools";
import type { ToolProgress } from "../../../../src/agents/tools/tool-box";
import { settings } from "../../../../src/platform/settings";
import {
  type SdkServer,
  startSessionServer,
  startStatelessServer,
} from "../../../support/sdk-tool-servers";

const doors = { settings: settings.parse({ ALLOW_PRIVATE_TARGETS: "true" }) };
const KEY = "turn_1:helper:1:0:0";

const boxes: { box: McpTools; held: Promise<unknown>[] }[] = [];
const servers: SdkServer[] = [];
afterEach(async () => {
  for (const { box, held } of boxes.splice(0)) {
    box.close();
    await Promise.all(held);
  }
  for (const server of servers.splice(0)) await server.close();
});

async function toolsOf(url: string): Promise<{ box: McpTools; warned: string[] }> {
  const held: Promise<unknown>[] = [];
  const warned: string[] = [];
  const signal = new AbortController().signal;
  const box = new McpTools(32_000, {
    ...{ ...doors, signal, descent: { depth: 1, tasks: [] } },
    hold: (work) => void held.push(work),
  });
  boxes.push({ box, held });
  await box.connect({ math: { url, headers: {} } }, (message) => warned.push(message));
  return { box, warned };
}

function add(box: McpTools, told: ToolProgress[] = []) {
  const signal = new AbortController().signal;
  const onProgress = (progress: ToolProgress) => void told.push(progress);
  return box.call("add_numbers", { a: 2, b: 40 }, { key: KEY, signal, onProgress });
}

describe.each([
  ["the SDK's first generation", startSessionServer],
  ["the SDK's second generation", () => startStatelessServer(true)],
  ["the SDK's second generation, which takes older clients too", () => startStatelessServer(false)],
])("[T1] a tool server built with %s", (_, start) => {
  let server: SdkServer;
  beforeEach(async () => {
    server = await start();
    servers.push(server);
  });

  it("is found out, its tools are offered, called with a key, and tell of their progress", async () => {
    const { box, warned } = await toolsOf(server.url);
    expect(warned).toEqual([]);
    expect(box.tools).toMatchObject([
      {
        name: "add_numbers",
        description: "Adds",
        annotations: { readOnlyHint: true },
        inputSchema: { type: "object", required: ["a", "b"] },
        server: { name: "math", tool: "add.numbers" },
      },
    ]);
    const told: ToolProgress[] = [];
    expect(await add(box, told)).toEqual({ output: "42" });
    expect(server.keys).toEqual([KEY]);
    expect(told).toEqual([
      { progress: 1, total: 2 },
      { progress: 2, total: 2 },
    ]);
  });

  it("is asked what it speaks only the first time", async () => {
    await toolsOf(server.url);
    const before = server.methods.length;
    await toolsOf(server.url);
    expect(server.methods.slice(0, before)).toContain("server/discover");
    expect(server.methods.slice(before)).not.toContain("server/discover");
  });

  it("says itself what is wrong with a call", async () => {
    const { box } = await toolsOf(server.url);
    const options = { key: KEY, signal: new AbortController().signal, onProgress: () => undefined };
    const outcome = await box.call("add_numbers", { a: "two" }, options);
    expect(outcome).toEqual({ error: expect.stringMatching(/add.numbers/) });
    expect(JSON.stringify(outcome)).not.toMatch(/Fault|node_modules|Error:/);
  });
});

describe("[T1] a session that its server has lost", () => {
  it("is opened again, and the call is made", async () => {
    const server = await startSessionServer();
    servers.push(server);
    const { box } = await toolsOf(server.url);
    server.restart();
    expect(await Promise.all([add(box), add(box)])).toEqual([{ output: "42" }, { output: "42" }]);
    expect(server.methods.filter((method) => method === "initialize")).toHaveLength(2);
    expect(server.keys).toHaveLength(2);
  });
});

describe("[T1] a server that speaks otherwise than it was remembered", () => {
  it("is asked anew", async () => {
    const old = await startSessionServer();
    await toolsOf(old.url);
    await old.close();
    const { port } = new URL(old.url);
    const next = await startStatelessServer(true, Number(port));
    servers.push(next);
    const { box, warned } = await toolsOf(next.url);
    expect(warned).toEqual([]);
    expect(await add(box)).toEqual({ output: "42" });
  });
});
