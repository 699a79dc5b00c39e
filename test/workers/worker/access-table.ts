import { COLLECTIONS, type ResourceKind } from "../../../src/resources/resource";
import type { Situation, World } from "./access-world";

/** Who asks, in the order of the tables' columns. */
export const CREDENTIALS = [
  /** No credential at all. */
  "none",
  /** A user who has nothing to do with the task. */
  "foreign",
  "viewer",
  "editor",
  "owner",
  /** An API key of the owner's with scope `read`. */
  "readKey",
  /** An API key of the owner's that has expired. */
  "expiredKey",
  /** A user with scope `admin` who is no member. */
  "admin",
] as const;
export type Credential = (typeof CREDENTIALS)[number];

export type Route = {
  /** `METHOD /path`, as the API's description has it. */
  operation: string;
  /** The expected status for each credential, in their order. */
  statuses: string;
  /** Where one operation has several rows. */
  variant?: string;
  query?: (world: World) => string;
  body?: (world: World) => object;
  headers?: Record<string, string>;
  /** Path parameters that are not the world's own. */
  path?: (world: World, userId: string) => Record<string, string>;
  situation?: Situation;
  /** Once allowed, what was asked for is gone, or not as it was. */
  consumes?: true;
};

const task = "/api/v1/tasks/{taskId}";
const turn = `${task}/turns/{turnId}`;
const assistant = ({ taskId }: World) => ({
  namespace: "system",
  team: "assistant",
  agentId: "system%2Fassistant",
  threadId: taskId,
});
const aRun = (threadId: string) => ({
  threadId,
  runId: "a-run",
  messages: [{ id: "a-message", role: "user", content: "go" }],
});
const upgrade = { Upgrade: "websocket" };
const chat = "/ai-sdk/chat/{chatId}";
const theirTask = ({ taskId }: World) => ({ chatId: taskId });
const said = (text: string) => ({ id: "m1", role: "user", parts: [{ type: "text", text }] });

const asked = { model: "system/assistant" };
const response = "/openai/v1/responses/{responseId}";
const conversation = "/openai/v1/conversations/{conversationId}";
const ulidOf = (id: string) => id.slice(id.indexOf("_") + 1);
const theirResponse = ({ taskId, turnId }: World) => ({
  responseId: `resp_${ulidOf(taskId)}_${ulidOf(turnId)}`,
});
const theirConversation = ({ taskId }: World) => ({ conversationId: `conv_${ulidOf(taskId)}` });

// Columns: none, foreign, viewer, editor, owner, read key, expired key, admin.
const METADATA = "/.well-known/oauth-protected-resource";

const ROUTES: readonly Route[] = [
  { operation: `GET ${METADATA}`, statuses: "200 200 200 200 200 200 200 200" },
  { operation: `GET ${METADATA}/mcp`, statuses: "200 200 200 200 200 200 200 200" },
  {
    operation: "POST /mcp",
    headers: { Host: "localhost", Accept: "application/json, text/event-stream" },
    body: () => ({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    statuses: "401 200 200 200 200 200 401 200",
  },
  { operation: "GET /healthz", statuses: "200 200 200 200 200 200 200 200" },
  { operation: "GET /metrics", statuses: "401 403 403 403 403 403 401 200" },
  { operation: "GET /api/v1/board", statuses: "401 403 403 403 403 403 401 200" },

  {
    operation: "GET /.well-known/agent-card.json",
    statuses: "200 200 200 200 200 200 200 200",
  },
  {
    operation: "GET /a2a/{namespace}/{team}/agent-card.json",
    path: () => ({ namespace: "system", team: "assistant" }),
    statuses: "200 200 200 200 200 200 200 200",
  },
  {
    operation: "GET /a2a/{namespace}/{team}/agent-card.json",
    variant: "of the owner's",
    situation: "waiting",
    path: ({ owner }) => ({ namespace: owner, team: "careful" }),
    statuses: "401 404 404 404 200 200 401 404",
  },
  // What the protocol refuses, it refuses with 200.
  {
    operation: "POST /a2a/{namespace}/{team}",
    path: () => ({ namespace: "system", team: "assistant" }),
    headers: { "A2A-Version": "1.0" },
    body: () => ({ jsonrpc: "2.0", id: 1, method: "ListTasks" }),
    statuses: "401 200 200 200 200 200 401 200",
  },
  {
    operation: "POST /a2a/{namespace}/{team}",
    variant: "to cancel",
    path: () => ({ namespace: "system", team: "assistant" }),
    headers: { "A2A-Version": "1.0" },
    body: () => ({ jsonrpc: "2.0", id: 1, method: "CancelTask", params: { id: "x" } }),
    statuses: "401 200 200 200 200 403 401 200",
  },

  { operation: "POST /api/v1/secrets/reseal", statuses: "401 403 403 403 403 403 401 200" },

  { operation: "POST /api/v1/history/reproject", statuses: "401 403 403 403 403 403 401 200" },
  { operation: "GET /api/v1/history/tasks", statuses: "401 403 403 403 403 403 401 200" },

  { operation: "GET /api/v1/usage", statuses: "401 200 200 200 200 200 401 200" },

  {
    operation: "POST /ai-sdk/chat",
    body: ({ taskId }) => ({ id: taskId, messages: [said("go")] }),
    statuses: "401 404 403 200 200 403 401 404",
  },
  {
    operation: "POST /ai-sdk/chat",
    variant: "in a chat of one's own name",
    body: () => ({ id: "mine", messages: [said("go")] }),
    statuses: "401 200 200 200 200 403 401 200",
  },
  {
    operation: `GET ${chat}/stream`,
    situation: "running",
    path: theirTask,
    statuses: "401 404 200 200 200 200 401 404",
  },
  {
    operation: `POST ${chat}/stop`,
    situation: "running",
    path: theirTask,
    consumes: true,
    statuses: "401 404 403 200 200 403 401 404",
  },
  {
    operation: `GET ${chat}/messages`,
    path: theirTask,
    statuses: "401 404 200 200 200 200 401 404",
  },
  {
    operation: "GET /ai-sdk/ws",
    headers: upgrade,
    statuses: "401 101 101 101 101 101 401 101",
  },

  { operation: "GET /openai/v1/models", statuses: "401 200 200 200 200 200 401 200" },
  {
    operation: "GET /openai/v1/models/{model}",
    path: () => ({ model: "system/assistant" }),
    statuses: "401 200 200 200 200 200 401 200",
  },
  {
    operation: "POST /openai/v1/chat/completions",
    body: () => ({ ...asked, stream: true, messages: [{ role: "user", content: "go" }] }),
    statuses: "401 200 200 200 200 403 401 200",
  },
  {
    operation: "POST /openai/v1/chat/completions",
    variant: "in a task",
    body: ({ taskId }) => ({
      ...{ ...asked, stream: true, messages: [{ role: "user", content: "go" }] },
      metadata: { task: taskId },
    }),
    statuses: "401 404 403 200 200 403 401 404",
  },
  {
    operation: "POST /openai/v1/responses",
    body: () => ({ ...asked, input: "go", background: true }),
    statuses: "401 200 200 200 200 403 401 200",
  },
  {
    operation: "POST /openai/v1/responses",
    variant: "in a conversation",
    body: (world) => ({
      ...{ input: "go", background: true },
      conversation: theirConversation(world).conversationId,
    }),
    statuses: "401 404 403 200 200 403 401 404",
  },
  {
    operation: `GET ${response}`,
    situation: "running",
    path: theirResponse,
    statuses: "401 404 200 200 200 200 401 404",
  },
  {
    operation: `POST ${response}/cancel`,
    situation: "running",
    path: theirResponse,
    consumes: true,
    statuses: "401 404 403 200 200 403 401 404",
  },
  {
    operation: `DELETE ${response}`,
    situation: "running",
    path: theirResponse,
    consumes: true,
    statuses: "401 404 403 403 200 403 401 404",
  },
  {
    operation: `GET ${response}/input_items`,
    situation: "running",
    path: theirResponse,
    statuses: "401 404 200 200 200 200 401 404",
  },
  { operation: "POST /openai/v1/conversations", statuses: "401 200 200 200 200 403 401 200" },
  {
    operation: `GET ${conversation}`,
    path: theirConversation,
    statuses: "401 404 200 200 200 200 401 404",
  },
  {
    operation: `DELETE ${conversation}`,
    path: theirConversation,
    consumes: true,
    statuses: "401 404 403 403 200 403 401 404",
  },
  {
    operation: `GET ${conversation}/items`,
    path: theirConversation,
    statuses: "401 404 200 200 200 200 401 404",
  },

  { operation: "POST /api/v1/tasks", statuses: "401 201 201 201 201 403 401 201" },
  {
    operation: "POST /api/v1/tasks",
    variant: "with a team of the owner's",
    situation: "waiting",
    body: ({ owner }) => ({ teamRef: `${owner}/careful` }),
    statuses: "401 400 400 400 201 403 401 400",
  },
  { operation: "GET /api/v1/tasks", statuses: "401 200 200 200 200 200 401 200" },
  { operation: `GET ${task}`, statuses: "401 404 200 200 200 200 401 404" },
  {
    operation: `POST ${task}/fork`,
    situation: "running",
    statuses: "401 404 201 201 201 403 401 404",
  },
  {
    operation: `PATCH ${task}`,
    body: () => ({ title: "Another" }),
    statuses: "401 404 403 200 200 403 401 404",
  },
  { operation: `DELETE ${task}`, consumes: true, statuses: "401 404 403 403 204 403 401 404" },
  {
    operation: `PATCH ${task}/status`,
    body: () => ({ status: "CANCELLED" }),
    consumes: true,
    statuses: "401 404 403 200 200 403 401 404",
  },
  {
    operation: `POST ${task}/execute`,
    body: () => ({ input: "go" }),
    statuses: "401 404 403 202 202 403 401 404",
  },
  {
    operation: `POST ${task}/interrupt`,
    consumes: true,
    statuses: "401 404 403 202 202 403 401 404",
  },
  { operation: `GET ${task}/stats`, statuses: "401 404 200 200 200 200 401 404" },

  {
    operation: "POST /api/v1/files",
    body: () => ({ any: "bytes" }),
    statuses: "401 201 201 201 201 403 401 201",
  },
  {
    operation: "GET /api/v1/files/{fileId}",
    situation: "file",
    statuses: "401 404 200 200 200 200 401 404",
  },
  {
    operation: "DELETE /api/v1/files/{fileId}",
    situation: "file",
    // A message carries it.
    statuses: "401 404 403 403 409 403 401 404",
  },

  { operation: `GET ${task}/turns`, statuses: "401 404 200 200 200 200 401 404" },
  { operation: `GET ${turn}`, situation: "running", statuses: "401 404 200 200 200 200 401 404" },
  {
    operation: `POST ${turn}/interrupt`,
    situation: "running",
    consumes: true,
    statuses: "401 404 403 202 202 403 401 404",
  },
  {
    operation: `POST ${turn}/retry`,
    situation: "interrupted",
    consumes: true,
    statuses: "401 404 403 202 202 403 401 404",
  },
  {
    // Of a turn that was not completed.
    operation: `POST ${turn}/regenerate`,
    situation: "interrupted",
    statuses: "401 404 403 409 409 403 401 404",
  },
  {
    // Of a message that is its owner's.
    operation: `POST ${task}/messages/{messageId}/edit`,
    situation: "interrupted",
    body: () => ({ content: "rather this" }),
    consumes: true,
    statuses: "401 404 403 403 202 403 401 404",
  },
  {
    operation: `POST ${task}/notes`,
    body: () => ({ content: "remember" }),
    statuses: "401 404 403 201 201 403 401 404",
  },
  {
    operation: `POST ${turn}/confirm`,
    situation: "waiting",
    body: () => ({ step: "work", approve: true }),
    consumes: true,
    statuses: "401 404 403 202 202 403 401 404",
  },
  {
    // Of a call that nobody was handed.
    operation: `POST ${turn}/tool-outputs`,
    situation: "running",
    body: () => ({ toolCallId: "call_1", output: 1 }),
    statuses: "401 404 403 404 404 403 401 404",
  },
  {
    operation: `POST ${turn}/guide`,
    situation: "running",
    body: () => ({ content: "left" }),
    statuses: "401 404 403 202 202 403 401 404",
  },

  { operation: `GET ${task}/members`, statuses: "401 404 200 200 200 200 401 404" },
  {
    operation: `POST ${task}/members`,
    body: () => ({ userId: "someone", role: "viewer" }),
    statuses: "401 404 403 403 201 403 401 404",
  },
  {
    operation: `POST ${task}/members`,
    variant: "to have a higher role oneself",
    body: ({ viewer }) => ({ userId: viewer, role: "owner" }),
    consumes: true,
    statuses: "401 404 403 403 201 403 401 404",
  },
  {
    operation: `DELETE ${task}/members/{userId}`,
    path: ({ guest }) => ({ userId: guest }),
    consumes: true,
    statuses: "401 404 403 403 204 403 401 404",
  },
  {
    operation: `DELETE ${task}/members/{userId}`,
    variant: "oneself",
    path: (_, userId) => ({ userId }),
    // The last owner stays.
    consumes: true,
    statuses: "401 404 204 204 409 403 401 404",
  },

  { operation: `GET ${task}/events`, statuses: "401 404 200 200 200 200 401 404" },
  {
    operation: `GET ${task}/events`,
    variant: "as a stream",
    headers: { Accept: "text/event-stream" },
    statuses: "401 404 200 200 200 200 401 404",
  },
  { operation: `GET ${task}/logs`, statuses: "401 404 200 200 200 200 401 404" },
  { operation: `GET ${task}/chat`, headers: upgrade, statuses: "401 404 101 101 101 101 401 404" },
  {
    operation: "GET /api/v1/messages",
    query: ({ taskId }) => `taskId=${taskId}`,
    statuses: "401 404 200 200 200 200 401 404",
  },

  {
    operation: "GET /api/v1/search",
    query: () => "q=hello",
    statuses: "401 200 200 200 200 200 401 200",
  },

  { operation: "GET /api/v1/sessions", statuses: "401 200 200 200 200 200 401 200" },
  {
    operation: "POST /api/v1/sessions",
    body: ({ taskId }) => ({ taskId }),
    statuses: "401 404 201 201 201 201 401 404",
  },
  {
    operation: "POST /api/v1/sessions/recover",
    situation: "session",
    body: ({ recoveryToken }) => ({ recoveryToken }),
    consumes: true,
    statuses: "401 404 404 404 200 200 401 404",
  },
  {
    operation: "DELETE /api/v1/sessions/{sessionId}",
    situation: "session",
    consumes: true,
    statuses: "401 404 404 404 204 403 401 404",
  },

  { operation: "GET /api/v1/api-keys", statuses: "401 200 200 200 200 200 401 200" },
  {
    operation: "POST /api/v1/api-keys",
    body: () => ({ name: "new", scopes: ["write"] }),
    statuses: "401 201 201 201 201 403 401 201",
  },
  {
    operation: "POST /api/v1/api-keys",
    variant: "with scope admin",
    body: () => ({ name: "new", scopes: ["admin"] }),
    statuses: "401 403 403 403 403 403 401 201",
  },
  {
    operation: "DELETE /api/v1/api-keys/{keyId}",
    consumes: true,
    statuses: "401 404 404 404 204 403 401 404",
  },

  { operation: "GET /api/v1/notifications", statuses: "401 200 200 200 200 200 401 200" },
  {
    operation: "POST /api/v1/notifications/ack",
    body: () => ({ upTo: "ntf_01hzzzzzzzzzzzzzzzzzzzzzzz" }),
    statuses: "401 200 200 200 200 403 401 200",
  },
  {
    operation: "GET /api/v1/user/notifications",
    headers: upgrade,
    statuses: "401 101 101 101 101 101 401 101",
  },

  { operation: "GET /api/v1/webhooks", statuses: "401 200 200 200 200 200 401 200" },
  {
    operation: "POST /api/v1/webhooks",
    body: () => ({ url: "https://hooks.example/", events: ["task:created"] }),
    statuses: "401 201 201 201 201 403 401 201",
  },
  {
    operation: "DELETE /api/v1/webhooks/{webhookId}",
    situation: "webhook",
    consumes: true,
    statuses: "401 404 404 404 204 403 401 404",
  },
  {
    operation: "PATCH /api/v1/webhooks/{webhookId}",
    situation: "webhook",
    body: () => ({ events: ["task:status"] }),
    statuses: "401 404 404 404 200 403 401 404",
  },
  {
    operation: "POST /api/v1/webhooks/{webhookId}/rotate-secret",
    situation: "webhook",
    statuses: "401 404 404 404 200 403 401 404",
  },
  {
    operation: "POST /api/v1/webhooks/{webhookId}/test",
    situation: "webhook",
    statuses: "401 404 404 404 202 403 401 404",
  },
  {
    operation: "GET /api/v1/webhooks/{webhookId}/deliveries",
    situation: "webhook",
    statuses: "401 404 404 404 200 200 401 404",
  },
  {
    operation: "POST /api/v1/webhooks/{webhookId}/deliveries/{deliveryId}/retry",
    situation: "webhook",
    statuses: "401 404 404 404 202 403 401 404",
  },

  {
    operation: "POST /ag-ui/{namespace}/{team}",
    path: assistant,
    body: ({ taskId }) => aRun(taskId),
    statuses: "401 404 403 200 200 403 401 404",
  },
  {
    operation: "POST /copilotkit/agent/{agentId}/run",
    path: assistant,
    body: ({ taskId }) => aRun(taskId),
    statuses: "401 404 403 200 200 403 401 404",
  },
  {
    operation: "POST /copilotkit/agent/{agentId}/connect",
    path: assistant,
    body: ({ taskId }) => aRun(taskId),
    statuses: "401 404 200 200 200 200 401 404",
  },
  {
    operation: "POST /copilotkit/agent/{agentId}/stop/{threadId}",
    situation: "running",
    path: assistant,
    consumes: true,
    statuses: "401 404 403 200 200 403 401 404",
  },
  {
    operation: "GET /streams/tasks/{taskId}",
    query: () => "offset=-1",
    statuses: "401 404 200 200 200 200 401 404",
  },
  { operation: "GET /copilotkit/info", statuses: "401 200 200 200 200 200 401 200" },
];

const SPECS: Record<ResourceKind, object> = {
  Ghost: { systemPrompt: "You are a test." },
  Model: { provider: "demo", model: "demo" },
  Shell: { runtime: "chat" },
  Bot: { ghostRef: "system/assistant" },
  Team: { collaboration: "solo", members: [{ role: "work", botRef: "system/assistant" }] },
};

export const RESOURCE_NAME = "thing";

/** A kind's routes: for what is the owner's, and for what is everyone's. */
function resourceRoutes(collection: string, kind: ResourceKind): Route[] {
  const all = `/api/v1/${collection}`;
  const one = `${all}/{namespace}/{name}`;
  const spec = SPECS[kind];
  const situation = { resource: collection, spec };
  const own: Pick<Route, "situation" | "path"> = {
    situation,
    path: ({ owner }) => ({ namespace: owner, name: RESOURCE_NAME }),
  };
  const shared: Pick<Route, "situation" | "path" | "variant"> = {
    variant: "of system",
    situation,
    path: ({ systemName }) => ({ namespace: "system", name: systemName }),
  };
  const body = () => ({ spec });
  const newIn = (namespace?: string) => () => ({
    spec,
    metadata: { name: `new-${crypto.randomUUID()}`, ...(namespace && { namespace }) },
  });
  const everyKind: Route[] = [
    { operation: `GET ${all}`, statuses: "401 200 200 200 200 200 401 200" },
    { operation: `POST ${all}`, body: newIn(), statuses: "401 201 201 201 201 403 401 201" },
    { operation: `GET ${one}`, ...own, statuses: "401 404 404 404 200 200 401 404" },
    { operation: `PUT ${one}`, ...own, body, statuses: "401 404 404 404 200 403 401 404" },
    {
      ...{ operation: `DELETE ${one}`, ...own, consumes: true },
      statuses: "401 404 404 404 204 403 401 404",
    },
  ];
  const test = { operation: `POST ${one}/test`, ...own };
  if (kind === "Model") {
    return [...everyKind, { ...test, statuses: "401 404 404 404 200 403 401 404" }];
  }
  // The routes of all kinds are one piece of code: once is enough for what follows.
  if (kind !== "Ghost") return everyKind;
  return [
    ...everyKind,
    // There is no such server, which whoever may not ask is not told.
    {
      ...{ ...test, body: () => ({ server: "none" }) },
      statuses: "401 404 404 404 400 403 401 404",
    },
    {
      operation: `GET ${all}`,
      variant: "of the owner",
      query: ({ owner }) => `namespace=${owner}`,
      statuses: "401 404 404 404 200 200 401 404",
    },
    {
      operation: `POST ${all}`,
      variant: "of the owner",
      body: ({ owner }) => newIn(owner)(),
      statuses: "401 404 404 404 201 403 401 404",
    },
    {
      operation: `POST ${all}`,
      variant: "of system",
      body: newIn("system"),
      statuses: "401 403 403 403 403 403 401 201",
    },
    { operation: `GET ${one}`, ...shared, statuses: "401 200 200 200 200 200 401 200" },
    { operation: `PUT ${one}`, ...shared, body, statuses: "401 403 403 403 403 403 401 200" },
    {
      ...{ operation: `DELETE ${one}`, ...shared, consumes: true },
      statuses: "401 403 403 403 403 403 401 204",
    },
  ];
}

/** Every route of the service; a test compares their operations with the description's. */
export const ACCESS: readonly Route[] = [
  ...ROUTES,
  ...COLLECTIONS.flatMap(({ path, kind }) => resourceRoutes(path, kind)),
];

/** Who is in the room, in the order of the columns. */
export const MEMBERS = ["viewer", "editor", "owner", "readKey"] as const;

export type SocketCommand = {
  type: string;
  data?: (world: World) => object;
  /** `ack`, or the error's code, for each of `MEMBERS`. */
  replies: string;
  situation?: Situation;
  consumes?: true;
};

// Columns: viewer, editor, owner, read key.
export const SOCKET_COMMANDS: readonly SocketCommand[] = [
  {
    type: "chat:send",
    data: () => ({ content: "hello" }),
    replies: "forbidden ack ack forbidden",
  },
  {
    type: "chat:cancel",
    situation: "running",
    consumes: true,
    replies: "forbidden ack ack forbidden",
  },
  {
    type: "chat:retry",
    situation: "interrupted",
    data: ({ turnId }) => ({ turnId }),
    consumes: true,
    replies: "forbidden ack ack forbidden",
  },
  {
    // Of a turn that was not completed.
    type: "chat:regenerate",
    situation: "interrupted",
    data: ({ turnId }) => ({ turnId }),
    replies: "forbidden invalid_transition invalid_transition forbidden",
  },
  {
    // Of a message that is its owner's.
    type: "chat:edit",
    situation: "interrupted",
    data: ({ messageId }) => ({ messageId, content: "rather this" }),
    consumes: true,
    replies: "forbidden forbidden ack forbidden",
  },
  {
    type: "chat:note",
    data: () => ({ content: "remember" }),
    replies: "forbidden ack ack forbidden",
  },
  {
    type: "chat:guide",
    situation: "running",
    data: () => ({ content: "left" }),
    replies: "forbidden ack ack forbidden",
  },
  {
    type: "chat:typing",
    data: () => ({ typing: true }),
    replies: "forbidden ack ack forbidden",
  },
  {
    type: "turn:confirm",
    situation: "waiting",
    data: ({ turnId }) => ({ turnId, step: "work", approve: true }),
    consumes: true,
    replies: "forbidden ack ack forbidden",
  },
  {
    type: "tool:output",
    situation: "running",
    data: ({ turnId }) => ({ turnId, toolCallId: "call_1", output: 1 }),
    replies: "forbidden not_found not_found forbidden",
  },
  { type: "task:join", replies: "ack ack ack ack" },
  { type: "task:leave", replies: "ack ack ack ack" },
  { type: "history:sync", replies: "ack ack ack ack" },
];
