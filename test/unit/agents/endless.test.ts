import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { mcpFetch } from "../../../src/agents/tools/mcp/mcp-fetch";
import { agentOutputs } from "./agent-step";
import { modelAt, outputsOf, settingsFor, stepFor } from "./step";

const MIB = 1024 * 1024;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

type Flood = { status?: number; contentType?: string; begin?: string; piece: string };

/** Writes for as long as anybody takes it; tells how much that was once the connection is closed. */
async function flood({ status = 200, contentType = "text/event-stream", begin, piece }: Flood) {
  const { promise: closed, resolve } = Promise.withResolvers<number>();
  const server = createServer(async (request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": contentType });
    if (begin) response.write(begin);
    let sent = 0;
    while (!response.destroyed && sent < 200 * MIB) {
      sent += piece.length;
      if (!response.write(piece)) {
        const free = new AbortController();
        const { signal } = free;
        await Promise.race([
          once(response, "drain", { signal }),
          once(response, "close", { signal }),
        ]).catch(() => {});
        free.abort();
      }
    }
    resolve(sent);
    response.destroy();
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, closed };
}

const x = "x".repeat(60_000);
/** What is on its way through buffers counts for the sender. */
const MOST_TAKEN = 20 * MIB;

const endless: [string, Flood][] = [
  ["lines of CR", { piece: `data: ${x}\r` }],
  ["lines of LF", { piece: `data: ${x}\n` }],
  ["lines of both", { piece: `data: ${x}\r\n` }],
  ["a line", { begin: "data: ", piece: x }],
  ["comments", { piece: `: ${x}\n` }],
  ["comments that end", { piece: `: ${x}\n\n` }],
  ["events without data", { piece: `event: ${x}\r\n\r\n` }],
  ["JSON", { contentType: "application/json", begin: '{"output":"', piece: x }],
  ["JSON of many lines", { contentType: "application/json", piece: `  "a": "${x}",\n\n` }],
];

describe.each(endless)("%s without end", (_, script) => {
  it("from a model is an answer that cannot be read, and the connection is closed", async () => {
    const { url, closed } = await flood(script);
    const outputs = await outputsOf(stepFor(modelAt(url)), { settings: settingsFor(url) });
    expect(outputs).toMatchObject([{ type: "failure", code: "model_malformed", retryable: true }]);
    expect(await closed).toBeLessThan(MOST_TAKEN);
  });

  it("from an agent too", async () => {
    const { url, closed } = await flood(script);
    expect(await agentOutputs(url)).toMatchObject([
      { type: "failure", code: "agent_malformed", retryable: true },
    ]);
    expect(await closed).toBeLessThan(MOST_TAKEN);
  });

  it("from a tool's server ends the call", async () => {
    const { url, closed } = await flood(script);
    const response = await mcpFetch(url, { method: "POST", body: "{}" });
    await expect(response.text()).rejects.toThrow("too large");
    expect(await closed).toBeLessThan(MOST_TAKEN);
  });
});

describe("a refusal whose body does not end", () => {
  it.each([
    ["a model", "model_rejected", (url: string) => modelOutputs(url)],
    ["an agent", "agent_rejected", (url: string) => agentOutputs(url)],
  ])("from %s is a refusal", async (_, code, outputs) => {
    const { url, closed } = await flood({ status: 400, piece: x });
    expect(await outputs(url)).toMatchObject([{ type: "failure", code }]);
    expect(await closed).toBeLessThan(MOST_TAKEN);
  });

  it("from a tool's server is read for 64 KiB", async () => {
    const { url, closed } = await flood({ status: 500, piece: x });
    const response = await mcpFetch(url, { method: "POST", body: "{}" });
    await expect(response.text()).rejects.toThrow("too large");
    expect(await closed).toBeLessThan(MOST_TAKEN);
  });
});

function modelOutputs(url: string) {
  return outputsOf(stepFor(modelAt(url)), { settings: settingsFor(url) });
}
