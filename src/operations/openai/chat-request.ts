import * as z from "zod";
import { taskId } from "../../protocol/ids";
import { LIMITS } from "../../protocol/limits";
import { chatContent as content, filesOfUsers } from "./content";
import { metadata, model, only, orNull } from "./fields";

const name = z.string().min(1).max(LIMITS.givenNameChars).optional();

const message = z.discriminatedUnion(
  "role",
  [
    z
      .looseObject({ role: z.enum(["system", "developer", "user"]), content, name })
      .superRefine(filesOfUsers),
    z
      .looseObject({
        role: z.literal("assistant"),
        content: orNull(content),
        name,
        tool_calls: only([]),
        function_call: only(),
        audio: only(),
      })
      .superRefine(filesOfUsers),
  ],
  { error: "role: one of system, developer, user and assistant" },
);

/** The most messages: a history, and the last. */
const MESSAGES = LIMITS.givenMessages + 1;

/**
 * The body of `POST /chat/completions`. What would change the answer and is not there is refused by name;
 * what the team's own models settle (temperature, lengths), and what this list does not know, is passed over.
 */
export const chatRequest = z.looseObject({
  model: orNull(model),
  messages: z.array(message).min(1).max(MESSAGES),
  stream: orNull(z.boolean()),
  stream_options: orNull(z.looseObject({ include_usage: orNull(z.boolean()) })),
  metadata: orNull(metadata.and(z.looseObject({ task: taskId.optional() }))),
  n: only(1),
  store: only(false),
  stop: only([]),
  tools: only([]),
  tool_choice: only("none", "auto"),
  functions: only([]),
  function_call: only("none", "auto"),
  response_format: only({ type: "text" }),
  modalities: only(["text"]),
  audio: only(),
  logprobs: only(false),
  top_logprobs: only(0),
  logit_bias: only({}),
  prediction: only(),
  moderation: only(),
  web_search_options: only(),
});
export type ChatRequest = z.infer<typeof chatRequest>;
export type ChatMessage = ChatRequest["messages"][number];
