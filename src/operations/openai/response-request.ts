import * as z from "zod";
import { reason } from "../../protocol/content";
import { LIMITS } from "../../protocol/limits";
import { filesOfUsers, responseContent } from "./content";
import { metadata, model, only, orNull } from "./fields";
import { APPROVAL_CHARS, approvalRequest, conversationId, responseId } from "./ids";

/** A message; `type` may be left out. */
const messageItem = z
  .looseObject({
    type: z.literal("message").optional(),
    role: z.enum(["system", "developer", "user", "assistant"]),
    content: responseContent,
  })
  .superRefine(filesOfUsers);

/** A person's word on what a response asked for. */
const approvalResponse = z.looseObject({
  type: z.literal("mcp_approval_response"),
  approval_request_id: approvalRequest,
  approve: z.boolean(),
  reason: orNull(reason),
});

/**
 * What a response is made of beside its messages: a client that keeps the conversation itself sends it back with
 * them. Thoughts and calls of before are the team's own; nothing is done with them.
 */
const toldItem = z.looseObject({
  type: z.enum(["reasoning", "mcp_call", "mcp_approval_request"]),
});

/** One of these by its id, as clients send it that take a response's items for stored. */
const itemReference = z.looseObject({
  type: z.literal("item_reference"),
  id: z.string().min(1).max(APPROVAL_CHARS),
});

const item = z.discriminatedUnion(
  "type",
  [messageItem, toldItem, itemReference, approvalResponse],
  {
    error:
      "an item is a message, an mcp_approval_response, an item_reference, or one that a response here was made of",
  },
);

/** What a conversation may begin with. */
export const givenItem = z.discriminatedUnion("type", [messageItem, toldItem], {
  error: "an item is a message, or one that a response here was made of",
});

/** The most items: a history, and the last message. */
const ITEMS = LIMITS.givenMessages + 1;

/** The body of `POST /responses`; unknown fields and what is refused are as in a chat completion's. */
export const responseRequest = z
  .looseObject({
    model: orNull(model),
    input: z.union([z.string(), z.array(item).min(1).max(ITEMS)]),
    stream: orNull(z.boolean()),
    background: orNull(z.boolean()),
    previous_response_id: orNull(responseId),
    conversation: orNull(z.union([conversationId, z.strictObject({ id: conversationId })])),
    metadata: orNull(metadata),
    instructions: only(),
    tools: only([]),
    tool_choice: only("none", "auto"),
    store: only(true),
    text: only({ format: { type: "text" } }, {}),
    prompt: only(),
    max_tool_calls: only(),
    top_logprobs: only(0),
    truncation: only("disabled", "auto"),
    context_management: only([]),
    moderation: only(),
    image: only(),
  })
  .refine(({ previous_response_id: before, conversation }) => !before || !conversation, {
    error: "not together with previous_response_id",
    path: ["conversation"],
  });
export type ResponseRequest = z.infer<typeof responseRequest>;
export type InputItem = Exclude<ResponseRequest["input"], string>[number];
export type InputMessage = z.infer<typeof messageItem>;

export function isMessage(item: InputItem): item is InputMessage {
  return item.type === undefined || item.type === "message";
}
export type ItemReference = z.infer<typeof itemReference>;
export type ApprovalResponse = z.infer<typeof approvalResponse>;
