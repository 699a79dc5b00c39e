import { components, type JsonSchema, queryParameters, reachable, schemaOf } from "./json-schema";
import { queryMeaning } from "./parameters";
import { SOCKETS } from "./sockets";
import { CLOSES } from "./sockets/closes";
import {
  type CommandFrame,
  ERROR_FRAME,
  type Frame,
  PING,
  PONG,
  type Socket,
} from "./sockets/socket";

type Reference = { $ref: string };

export type AsyncApi = ReturnType<typeof asyncApi>;

/** The AsyncAPI 3.0 document of the WebSockets, from the service's side: it receives commands. */
export function asyncApi() {
  const channels = Object.fromEntries(SOCKETS.map((socket) => [socket.id, channel(socket)]));
  const operations = Object.fromEntries(SOCKETS.flatMap(operationsOf));
  const all = components("draft-7");
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Taskroom sockets",
      version: "1",
      description:
        "What is said over the WebSockets. REST is in `/openapi.json`. Ignore events and members " +
        "that you do not know.",
      license: { name: "MIT" },
    },
    defaultContentType: "application/json",
    servers: {
      deployed: server("wss", "taskroom.example.workers.dev"),
      local: server("ws", "localhost:8787"),
    },
    channels,
    operations,
    components: {
      securitySchemes: SECURITY,
      schemas: reachable(channels, all),
    },
  };
}

const SECURITY = {
  bearer: { type: "http", scheme: "bearer", description: "A JWT, or an API key (`trk_…`)." },
  subprotocol: {
    type: "httpApiKey",
    name: "Sec-WebSocket-Protocol",
    in: "header",
    description: "For browsers: `taskroom.v1, taskroom.bearer.<token>`.",
  },
};

function server(protocol: string, host: string) {
  const security = Object.keys(SECURITY).map((name) => ({
    $ref: `#/components/securitySchemes/${name}`,
  }));
  return {
    host: "{host}",
    protocol,
    description: "Where this document came from.",
    variables: { host: { default: host } },
    security,
  };
}

function channel(socket: Socket) {
  const { operation, title, description } = socket;
  return {
    address: operation.path,
    title,
    description,
    parameters: Object.fromEntries(
      operation.parameters.map(({ name, description, example }) => [
        name,
        { description, examples: [example] },
      ]),
    ),
    messages: Object.fromEntries(framesOf(socket).map((frame) => [frame.id, message(frame)])),
    bindings: {
      ws: {
        method: "GET",
        query: querySchema(socket),
        headers: handshake(socket),
        bindingVersion: "0.1.0",
      },
    },
    "x-close-codes": CLOSES,
  };
}

function handshake({ sessions }: Socket): JsonSchema {
  const resume = "`taskroom.resume.<recoveryToken>` to resume a session";
  const protocols = "`taskroom.v1`, which is selected; `taskroom.bearer.<token>` for browsers";
  return {
    type: "object",
    properties: {
      Authorization: { type: "string", description: "`Bearer <token>`, for all but browsers." },
      "Sec-WebSocket-Protocol": {
        type: "string",
        description: sessions ? `${protocols}; ${resume}.` : `${protocols}.`,
        examples: ["taskroom.v1, taskroom.bearer.<token>"],
      },
    },
  };
}

function querySchema({ operation }: Socket): JsonSchema {
  const parameters = operation.query ? queryParameters(operation.query) : [];
  return {
    type: "object",
    properties: Object.fromEntries(
      parameters.map(({ name, schema }) => [
        name,
        { ...schema, description: queryMeaning(operation.id, name) },
      ]),
    ),
  };
}

/** All frames of a socket, both ways. */
function framesOf({ commands, events }: Socket): Frame[] {
  const acks = commands.map(({ ack }) => ack);
  return [...commands, PING, ...acks, ERROR_FRAME, PONG, ...events];
}

function message({ name, summary, description, schema, example }: Frame) {
  const isText = typeof example === "string";
  return {
    name,
    title: name,
    summary,
    ...(description !== undefined && { description }),
    ...(isText && { contentType: "text/plain" }),
    payload: schemaOf(schema),
    ...(!isText && { examples: [{ payload: example }] }),
  };
}

function operationsOf(socket: Socket) {
  const here = { $ref: `#/channels/${socket.id}` };
  const received = [...socket.commands, { ...PING, ack: PONG }].map((command) => [
    `${socket.id}.receive.${command.id}`,
    {
      action: "receive",
      channel: here,
      summary: command.summary,
      messages: [referTo(socket, command)],
      reply: { channel: here, messages: replies(command).map((frame) => referTo(socket, frame)) },
      ...("errors" in command && { "x-error-codes": command.errors }),
    },
  ]);
  const events = socket.events.map((frame) => referTo(socket, frame));
  const sent = { action: "send", channel: here, summary: "What happens", messages: events };
  return [...received, [`${socket.id}.send`, sent]];
}

function replies(command: Pick<CommandFrame, "ack"> & Partial<CommandFrame>): Frame[] {
  return command.errors ? [command.ack, ERROR_FRAME] : [command.ack];
}

function referTo({ id }: Socket, frame: Frame): Reference {
  return { $ref: `#/channels/${id}/messages/${frame.id}` };
}
