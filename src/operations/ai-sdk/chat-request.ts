import * as z from "zod";
import { messageId } from "../../protocol/ids";
import { jsonObject, jsonValue } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import { anyRef } from "../../protocol/refs";
import { page } from "../../protocol/rest/page";
import { taskKey } from "../../protocol/task";
import { clientTools } from "../../protocol/tools/tool-use";

/** Bounds of what a client sends, which sends the whole conversation each time. */
export const BOUNDS = {
  /** Bytes: some hundred of the longest messages, or some photographs. */
  bodyBytes: LIMITS.faceBodyBytes,
  messages: 10_000,
  /** Of one message: a turn's texts and calls. */
  parts: 5000,
  /** Before a client's own id of a chat, so that tasks of different protocols do not meet. */
  keyPrefix: "ui:",
} as const;

/** A task's id, or the client's own name for a chat. */
export const chatId = taskKey.max(LIMITS.taskKeyChars - BOUNDS.keyPrefix.length);

/** Read closer where it is the last; what lies before is the client's memory of what the room has. */
export const uiMessage = z.looseObject({
  id: z.string().min(1).max(LIMITS.clientKeyChars),
  role: z.enum(["system", "user", "assistant"]),
  parts: z.array(z.looseObject({ type: z.string().min(1) })).max(BOUNDS.parts),
});
export type SentMessage = z.infer<typeof uiMessage>;

const named = z.looseObject({
  description: z.string().optional(),
  parameters: jsonObject,
});

/** Tools of the client by name, as assistant-ui's transport sends them. */
const toolsByName = z
  .record(z.string(), named)
  .transform(
    (tools): z.input<typeof clientTools> =>
      Object.entries(tools).map(([name, { description, parameters }]) => ({
        name,
        description,
        inputSchema: parameters,
      })),
  )
  .pipe(clientTools);

const NOT_TAKEN = "not taken: what a team says and asks its model for is the team's own";
/** Of what a client may set elsewhere; nothing in it changes nothing. */
const nothing = z
  .unknown()
  .refine((value) => value === null || value === "" || isEmpty(value), { error: NOT_TAKEN })
  .optional();

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** What `DefaultChatTransport` posts, with what its `body` may add. */
export const chatRequest = z.looseObject({
  id: chatId,
  messages: z.array(uiMessage).min(1).max(BOUNDS.messages),
  trigger: z.enum(["submit-message", "regenerate-message"]).default("submit-message"),
  messageId: z.string().optional(),
  /** Who answers in a chat that is made by this request. */
  team: anyRef.optional(),
  tools: z.union([clientTools, toolsByName]).optional(),
  system: nothing,
  callSettings: nothing,
  config: nothing,
});
export type ChatRequest = z.infer<typeof chatRequest>;

const frame = { requestId: z.string().min(1).max(LIMITS.clientKeyChars) };
const asked = { ...frame, id: chatId, body: z.record(z.string(), jsonValue).default({}) };

/** What `WebSocketChatTransport` sends; the members of a `send` are read as a posted body's. */
export const clientFrame = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("send"), ...asked }),
  z.looseObject({ type: z.literal("resume"), ...asked }),
  z.looseObject({ type: z.literal("abort"), ...frame }),
]);
export type ClientFrame = z.infer<typeof clientFrame>;

/** `before` is what the last page gave as its `nextCursor`. */
export const listChatMessages = z.strictObject({ limit: page.limit, before: messageId.optional() });

/** What a stop answers. */
export const stopped = z.object({ stopped: z.boolean() });
