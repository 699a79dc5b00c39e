import * as z from "zod";
import { stopped } from "../../operations/ai-sdk/chat-request";
import type { AI_SDK } from "../../operations/ai-sdk/face";
import { refuse } from "../../protocol/errors";
import { type ErrorForm, type FaceDescription, json } from "../description";
import { IDS } from "../samples";

const WORDS: ErrorForm = {
  prefix: "ai-sdk-",
  type: "text/plain",
  content: ([code]) => ({
    schema: { type: "string" },
    example: refuse(code, "In words, with the path of each field that is wrong.").message,
  }),
};

const text = { type: "text", text: "Hello" };
const MESSAGE = { id: "JqRFCIvu0j8Dvr2h", role: "user", parts: [text] } as const;
const STREAM =
  `data: {"type":"start","messageId":"${IDS.turn}"}\n\n` +
  'data: {"type":"start-step"}\n\ndata: {"type":"text-start","id":"1"}\n\n' +
  'data: {"type":"text-delta","id":"1","delta":"Hello"}\n\ndata: [DONE]\n\n';
const stream = { description: "A UI message stream, one message for the turn.", example: STREAM };

const page = z.object({
  messages: z.array(z.looseObject({ id: z.string(), role: z.string() })),
  nextCursor: z.string().nullable(),
});

/** The AI SDK's protocol, for its readers. */
export const AI_SDK_DESCRIPTION: FaceDescription<typeof AI_SDK> = {
  errors: WORDS,
  parameters: {
    chatId: { description: "A task's id, or your own name for a chat.", example: "my-chat" },
  },
  groups: {
    chat: {
      send: {
        description:
          "What `useChat` posts. Only the last message counts: a user's message is sent, and the " +
          "same id again is the same turn; an answer's message carries answers to what the turn " +
          "waits for. `team` says who answers in a new chat; `tools` are the client's own.",
        body: { id: "my-chat", messages: [{ ...MESSAGE, parts: [text] }] },
        answer: { description: "The turn, as it happens." },
        media: stream,
        errors: ["not_found", "forbidden", "conflict", "queue_full", "quota_exceeded"],
      },
      resume: {
        description: "Whole, whoever began it. 204 where no turn is open.",
        answer: { description: "The turn, as it happens." },
        media: stream,
      },
      stop: {
        body: { reason: "Enough" },
        answer: {
          description: "Whether there was something to stop.",
          json: json(stopped, { stopped: true }),
        },
        errors: ["forbidden"],
      },
      messages: {
        description:
          "Oldest first, the newest page without `before`; the answers of a turn are one message, " +
          "whose id is the turn's.",
        answer: {
          description: "A page of messages.",
          json: json(page, { messages: [MESSAGE], nextCursor: null }),
        },
      },
      socket: {
        description:
          "A WebSocket upgrade, with the frames of `WebSocketChatTransport`. The token is in the " +
          "`Authorization` header or in the subprotocol list: `taskroom.v1, " +
          "taskroom.bearer.<token>`. A page's origin must be the service's own or in " +
          "`ALLOWED_ORIGINS`.",
        answer: { description: "The socket; `taskroom.v1` where it was offered." },
        errors: ["forbidden"],
      },
    },
  },
};
