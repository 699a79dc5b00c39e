import {
  Client as NewClient,
  StreamableHTTPClientTransport as NewRoad,
} from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldRoad } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import * as z from "zod";
import type { Server } from "../../support/server";

const INFO = { name: "test", version: "1" };

/** A tool's answer, whichever client has read it. */
const answer = z.looseObject({
  content: z.array(z.looseObject({ type: z.string(), text: z.string() })),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});
export type ToolAnswer = { text: string; data: Record<string, unknown>; isError: boolean };

/** What a person at the client says to a question. */
export type Answers = (question: string) => {
  action: "accept" | "decline" | "cancel";
  content?: { approve: boolean; note?: string };
};

type Options = {
  meta?: Record<string, unknown>;
  /** Called with what the client is told of the progress. */
  onProgress?: (message: string) => void;
  signal?: AbortSignal;
};

export type Tools = {
  list(): Promise<
    { name: string; annotations?: object | undefined; outputSchema?: object | undefined }[]
  >;
  call(name: string, args: object, options?: Options): Promise<ToolAnswer>;
  close(): Promise<void>;
};

/** Clients of both packages, and of the newer one in both eras. */
export const CLIENTS = ["sdk 1", "client 2, older", "client 2, newer"] as const;
export type ClientName = (typeof CLIENTS)[number];

export async function connected(
  which: ClientName,
  { url, token, headers = {} }: { url: string; token: string; headers?: Record<string, string> },
  answers?: Answers,
): Promise<Tools> {
  const address = new URL(`${url}/mcp`);
  const road = { requestInit: { headers: { authorization: `Bearer ${token}`, ...headers } } };
  if (which === "sdk 1") {
    const client = new OldClient(INFO);
    await client.connect(new OldRoad(address, road));
    return toolsOf({
      list: async () => (await client.listTools()).tools,
      call: (params, options) => client.callTool(params, undefined, options),
      close: () => client.close(),
    });
  }
  const client = new NewClient(INFO, {
    versionNegotiation: { mode: which === "client 2, newer" ? { pin: "2026-07-28" } : "legacy" },
    capabilities: answers ? { elicitation: { form: {} } } : {},
  });
  if (answers) {
    client.setRequestHandler("elicitation/create", async ({ params }) => answers(params.message));
  }
  await client.connect(new NewRoad(address, road));
  return toolsOf({
    list: async () => (await client.listTools()).tools,
    call: (params, options) => client.callTool(params, options),
    close: () => client.close(),
  });
}

/** The same, of a server's user. */
export async function connectedAs(
  which: ClientName,
  server: Server,
  name: string,
  answers?: Answers,
): Promise<Tools> {
  return connected(which, { url: server.url, token: await server.token(name) }, answers);
}

type Params = { name: string; arguments: Record<string, unknown>; _meta?: Record<string, unknown> };
type RequestOptions = {
  timeout: number;
  signal?: AbortSignal;
  onprogress?: (progress: { message?: string | undefined }) => void;
};
type Own = {
  list: Tools["list"];
  call(params: Params, options: RequestOptions): Promise<unknown>;
  close(): Promise<void>;
};

/** A turn may take its time on a busy machine. */
const TIMEOUT_MS = 250_000;

function toolsOf({ list, call, close }: Own): Tools {
  return {
    list,
    close,
    async call(name, args, { meta, onProgress, signal } = {}) {
      const params = { name, arguments: { ...args }, ...(meta && { _meta: meta }) };
      const given = await call(params, {
        timeout: TIMEOUT_MS,
        ...(signal && { signal }),
        ...(onProgress && { onprogress: ({ message = "" }) => onProgress(message) }),
      });
      const { content, structuredContent = {}, isError = false } = answer.parse(given);
      return { text: content.map(({ text }) => text).join("\n"), data: structuredContent, isError };
    },
  };
}
