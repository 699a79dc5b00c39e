import { randomUUID } from "node:crypto";
import { Role, type Task, TaskState } from "@a2a-js/sdk";
import {
  type Client,
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
} from "@a2a-js/sdk/client";

type SendMessageRequest = Parameters<Client["sendMessage"]>[0];
export type StreamResponse =
  ReturnType<Client["sendMessageStream"]> extends AsyncGenerator<infer Told> ? Told : never;

export const STATE = {
  submitted: TaskState.TASK_STATE_SUBMITTED,
  working: TaskState.TASK_STATE_WORKING,
  completed: TaskState.TASK_STATE_COMPLETED,
  failed: TaskState.TASK_STATE_FAILED,
  canceled: TaskState.TASK_STATE_CANCELED,
  asks: TaskState.TASK_STATE_INPUT_REQUIRED,
};

/** The protocol's own client, which finds the team by its card. */
export function clientOf(url: string, token: string, team?: string): Promise<Client> {
  const factory = factoryOf(token);
  if (!team) return factory.createFromUrl(url);
  return factory.createFromUrl(url, `/a2a/${team}/agent-card.json`);
}

/** The same client of the same team, on another road to it. */
export async function clientOver(url: string, token: string, client: Client): Promise<Client> {
  const card = await client.getAgentCard();
  const supportedInterfaces = card.supportedInterfaces.map((one) => ({
    ...one,
    url: url + new URL(one.url).pathname,
  }));
  return factoryOf(token).createFromAgentCard({ ...card, supportedInterfaces });
}

function factoryOf(token: string): ClientFactory {
  const fetchImpl: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("Authorization", `Bearer ${token}`);
    return fetch(input, { ...init, headers });
  };
  return new ClientFactory({
    transports: [new JsonRpcTransportFactory({ fetchImpl })],
    cardResolver: new DefaultAgentCardResolver({ fetchImpl }),
  });
}

type Said = {
  contextId?: string;
  taskId?: string;
  messageId?: string;
  returnImmediately?: boolean;
  data?: unknown;
};

export function saying(text: string, said: Said = {}): SendMessageRequest {
  const { contextId = "", taskId = "", messageId = randomUUID(), data } = said;
  const content =
    data === undefined
      ? ({ $case: "text", value: text } as const)
      : ({ $case: "data", value: data } as const);
  const part = { content, metadata: undefined, filename: "", mediaType: "" };
  const message = {
    messageId,
    contextId,
    taskId,
    role: Role.ROLE_USER,
    parts: [part],
    metadata: undefined,
  };
  return {
    tenant: "",
    message: { ...message, extensions: [], referenceTaskIds: [] },
    configuration: {
      acceptedOutputModes: ["text/plain"],
      taskPushNotificationConfig: undefined,
      returnImmediately: said.returnImmediately ?? false,
    },
    metadata: undefined,
  };
}

/** What a client shows of a task that it follows: its state, and its artifacts' text. */
export class Following {
  readonly artifacts = new Map<string, string>();
  state: number | undefined;
  id = "";
  frames = 0;

  take({ payload }: StreamResponse): void {
    this.frames++;
    if (payload?.$case === "task") this.#whole(payload.value);
    else if (payload?.$case === "statusUpdate") this.state = payload.value.status?.state;
    else if (payload?.$case === "artifactUpdate") {
      const { artifact, append } = payload.value;
      if (!artifact) throw new Error("an update without an artifact");
      const before = append ? (this.artifacts.get(artifact.artifactId) ?? "") : "";
      this.artifacts.set(artifact.artifactId, before + textOf(artifact));
    } else throw new Error("a frame without a payload");
  }

  async all(frames: AsyncIterable<StreamResponse>): Promise<this> {
    for await (const frame of frames) this.take(frame);
    return this;
  }

  get text(): string {
    return [...this.artifacts.values()].join("");
  }

  #whole({ id, status, artifacts }: Task): void {
    this.id = id;
    this.state = status?.state;
    this.artifacts.clear();
    for (const artifact of artifacts) this.artifacts.set(artifact.artifactId, textOf(artifact));
  }
}

type Artifact = Task["artifacts"][number];

export function textOf({ parts }: Pick<Artifact, "parts">): string {
  return parts.map(({ content }) => (content?.$case === "text" ? content.value : "")).join("");
}

/** The answer to a message that is a task. */
export function taskOf(result: Awaited<ReturnType<Client["sendMessage"]>>): Task {
  if ("status" in result) return result;
  throw new Error("a message without a task");
}
