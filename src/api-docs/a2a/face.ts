import * as z from "zod";
import type { A2A } from "../../operations/a2a/face";
import { type ErrorForm, type FaceDescription, json } from "../description";
import { schemaOf } from "../json-schema";
import { IDS, TIMES } from "../samples";

const error = z.object({
  jsonrpc: z.literal("2.0"),
  id: z.union([z.string(), z.int(), z.null()]),
  error: z.object({ code: z.int(), message: z.string(), data: z.array(z.looseObject({})) }),
});

/** JSON-RPC's form of errors; the service's own code is in `google.rpc.ErrorInfo`. */
const ERRORS: ErrorForm = {
  prefix: "A2A",
  type: "application/json",
  content: ([code]) => ({
    schema: schemaOf(error),
    example: {
      jsonrpc: "2.0",
      id: null,
      error: {
        code: -32000,
        message: "Why it is refused",
        data: [
          {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            reason: code.toUpperCase(),
            domain: "taskroom",
            metadata: { code },
          },
        ],
      },
    } satisfies z.infer<typeof error>,
  }),
};

const CARD = {
  name: "system/assistant",
  description: "Answers questions",
  version: "1",
  supportedInterfaces: [
    {
      url: "https://tasks.example.com/a2a/system/assistant",
      protocolBinding: "JSONRPC",
      protocolVersion: "1.0",
    },
  ],
  capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: false },
};
const card = json(
  z.looseObject({ name: z.string(), description: z.string(), version: z.string() }),
  CARD,
);

const id = `${IDS.task}.${IDS.turn}`;
const task = {
  id,
  contextId: "my-context",
  status: { state: "TASK_STATE_COMPLETED", timestamp: TIMES.ended },
  artifacts: [{ artifactId: IDS.answer, name: "assistant", parts: [{ text: "Hello!" }] }],
};
const answer = z.looseObject({
  jsonrpc: z.literal("2.0"),
  id: z.union([z.string(), z.int(), z.null()]),
  result: z.looseObject({}).optional(),
  error: error.shape.error.optional(),
});

/** A2A, for its readers. */
export const A2A_DESCRIPTION: FaceDescription<typeof A2A> = {
  errors: ERRORS,
  parameters: {
    namespace: { description: "`system`, or a user's id.", example: "system" },
    team: { description: "The team's name in its namespace.", example: "assistant" },
  },
  groups: {
    cards: {
      wellKnown: {
        description: "Where agents are looked for. Needs no credential.",
        answer: { description: "The card.", json: card },
        errors: ["rate_limited", "unavailable"],
      },
      ofTeam: {
        description: "Those of `system` need no credential.",
        answer: { description: "The card.", json: card },
        errors: ["unauthorized", "not_found", "rate_limited", "unavailable"],
      },
    },
    agent: {
      call: {
        description:
          "JSON-RPC 2.0 with the header `A2A-Version: 1.0`: `SendMessage`, `SendStreamingMessage`, " +
          "`GetTask`, `ListTasks`, `CancelTask`, `SubscribeToTask`. Sending and cancelling take " +
          "scope `write`. Errors of the protocol come with status 200.",
        body: {
          jsonrpc: "2.0",
          id: 1,
          method: "SendMessage",
          params: {
            message: {
              messageId: "my-message-1",
              contextId: "my-context",
              role: "ROLE_USER",
              parts: [{ text: "Say hello" }],
            },
          },
        },
        answer: {
          description: "The method's result, or the protocol's error.",
          json: json(answer, { jsonrpc: "2.0", id: 1, result: { task } }),
        },
        media: {
          description: "Of the methods that stream: each event is an answer to the request.",
          example:
            `data: {"jsonrpc":"2.0","id":1,"result":{"statusUpdate":{"taskId":"${id}",` +
            '"contextId":"my-context","status":{"state":"TASK_STATE_COMPLETED"}}}}\n\n',
        },
        errors: ["quota_exceeded"],
      },
    },
  },
};
