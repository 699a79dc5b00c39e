import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json as readJson } from "node:stream/consumers";
import { type Artifact, Role, type Task, TaskState } from "@a2a-js/sdk";
import { LegacyJsonRpcTransportHandler } from "@a2a-js/sdk/compat/v0_3/server";
import {
  AgentEvent,
  type AgentExecutor,
  DefaultRequestHandler,
  type ExecutionEventBus,
  InMemoryTaskStore,
  JsonRpcTransportHandler,
  type RequestContext,
  ServerCallContext,
} from "@a2a-js/sdk/server";
import * as z from "zod";

/** What an agent does with one message. */
export type Work = {
  /** What was asked. */
  text: string;
  messageId: string;
  /** Begins the task; whoever answers without one leaves that out. */
  begin(): void;
  /** A piece of an artifact, or all of it anew. */
  write(text: string, more?: { id?: string; isMore?: boolean; data?: unknown }): void;
  state(state: TaskState, words?: string): void;
  /** An answer without a task. */
  reply(text: string): void;
  /** Resolves once the task was cancelled. */
  cancelled: Promise<void>;
};

export type SdkAgent = {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** What came in, the newest last. */
  calls: { method: string; headers: IncomingMessage["headers"] }[];
  /** Messages that were worked on. */
  runs: string[];
  /** From now on its card names this origin. */
  isAt(origin: string): void;
  close(): Promise<void>;
};

type Options = { version?: "1.0" | "0.3"; streaming?: boolean; token?: string };

const envelope = z.looseObject({ method: z.string() });

/** An agent that the makers' own server serves. */
export async function startSdkAgent(
  work: (work: Work) => Promise<void>,
  { version = "1.0", streaming = true, token }: Options = {},
): Promise<SdkAgent> {
  const calls: SdkAgent["calls"] = [];
  const runs: string[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let origin = url;
  const interfaces = () => [
    {
      url: `${origin}/rpc`,
      protocolBinding: "JSONRPC",
      protocolVersion: version,
      tenant: "",
    },
  ];
  const capabilities = { streaming, pushNotifications: false, extensions: [] };
  const handler = new DefaultRequestHandler(
    { ...CARD, capabilities, supportedInterfaces: interfaces() },
    new InMemoryTaskStore(),
    new Executor(work, runs),
  );
  const transports = {
    "1.0": new JsonRpcTransportHandler(handler),
    "0.3": new LegacyJsonRpcTransportHandler(handler),
  };
  const card = () =>
    ({
      "1.0": { ...CARD, capabilities, supportedInterfaces: interfaces() },
      "0.3": { ...CARD, capabilities, url: `${origin}/rpc`, protocolVersion: "0.3.0" },
    })[version];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401).end();
      return;
    }
    if (request.url === "/.well-known/agent-card.json") {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(card()));
      return;
    }
    const body = envelope.parse(await readJson(request));
    calls.push({ method: body.method, headers: request.headers });
    const context = new ServerCallContext({ requestedVersion: version });
    const told = await transports[version].handle(body, context);
    if (!(Symbol.asyncIterator in told)) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(told));
      return;
    }
    await stream(told as AsyncGenerator<object>, response);
  }

  /** As the makers' own adapter has it: the first is asked for before the head goes out. */
  async function stream(told: AsyncGenerator<object>, response: ServerResponse): Promise<void> {
    try {
      const first = await told.next();
      response.writeHead(200, { "content-type": "text/event-stream" });
      if (!first.done) response.write(`data: ${JSON.stringify(first.value)}\n\n`);
      for await (const one of told) response.write(`data: ${JSON.stringify(one)}\n\n`);
    } catch (error) {
      const body = { jsonrpc: "2.0", id: null, error: toError(error) };
      if (response.headersSent) response.write(`data: ${JSON.stringify(body)}\n\n`);
      else
        response.writeHead(200, { "content-type": "application/json" }).write(JSON.stringify(body));
    }
    response.end();
  }

  const toError =
    version === "1.0"
      ? JsonRpcTransportHandler.mapToJSONRPCError
      : LegacyJsonRpcTransportHandler.mapToLegacyJSONRPCError;
  return {
    url,
    calls,
    runs,
    isAt: (other) => {
      origin = other;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const CARD = {
  name: "An agent of others",
  description: "Works",
  version: "1",
  provider: undefined,
  documentationUrl: undefined,
  iconUrl: undefined,
  securitySchemes: {},
  securityRequirements: [],
  defaultInputModes: ["text/plain"],
  defaultOutputModes: ["text/plain"],
  skills: [],
  signatures: [],
};

class Executor implements AgentExecutor {
  readonly #work: (work: Work) => Promise<void>;
  readonly #runs: string[];
  readonly #cancels = new Map<string, () => void>();

  constructor(work: (work: Work) => Promise<void>, runs: string[]) {
    this.#work = work;
    this.#runs = runs;
  }

  async execute(asked: RequestContext, bus: ExecutionEventBus): Promise<void> {
    const { taskId, contextId, userMessage } = asked;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#cancels.set(taskId, resolve);
    this.#runs.push(userMessage.messageId);
    const place = { taskId, contextId, metadata: undefined };
    const says = (text: string) => ({
      ...{ messageId: crypto.randomUUID(), contextId, taskId, role: Role.ROLE_AGENT },
      ...{ parts: [textPart(text)], metadata: undefined, extensions: [], referenceTaskIds: [] },
    });
    const statusOf = (state: TaskState, words?: string) => ({
      ...{ state, timestamp: new Date().toISOString() },
      message: words === undefined ? undefined : says(words),
    });
    await this.#work({
      text: userMessage.parts
        .map(({ content }) => (content?.$case === "text" ? content.value : ""))
        .join(""),
      messageId: userMessage.messageId,
      cancelled: promise,
      begin: () => {
        const task: Task = {
          ...{ id: taskId, contextId, artifacts: [], history: [userMessage], metadata: undefined },
          status: statusOf(TaskState.TASK_STATE_WORKING),
        };
        bus.publish(AgentEvent.task(task));
      },
      write: (text, { id = "answer", isMore = false, data } = {}) => {
        const parts = [textPart(text), ...(data === undefined ? [] : [dataPart(data)])];
        const artifact: Artifact = {
          ...{ artifactId: id, name: id, description: "", parts },
          ...{ metadata: undefined, extensions: [] },
        };
        bus.publish(
          AgentEvent.artifactUpdate({ ...place, artifact, append: isMore, lastChunk: false }),
        );
      },
      state: (state, words) => {
        bus.publish(AgentEvent.statusUpdate({ ...place, status: statusOf(state, words) }));
      },
      reply: (text) => bus.publish(AgentEvent.message({ ...says(text), taskId: "" })),
    });
  }

  async cancelTask(taskId: string, bus: ExecutionEventBus): Promise<void> {
    this.#cancels.get(taskId)?.();
    const status = {
      ...{ state: TaskState.TASK_STATE_CANCELED, timestamp: new Date().toISOString() },
      message: undefined,
    };
    bus.publish(AgentEvent.statusUpdate({ taskId, contextId: "", status, metadata: undefined }));
  }
}

function textPart(value: string) {
  return {
    content: { $case: "text", value } as const,
    ...{ metadata: undefined, filename: "", mediaType: "text/plain" },
  };
}

function dataPart(value: unknown) {
  return {
    content: { $case: "data", value } as const,
    ...{ metadata: undefined, filename: "", mediaType: "application/json" },
  };
}
