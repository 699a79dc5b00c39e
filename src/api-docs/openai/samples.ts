import * as z from "zod";
import { json } from "../description";
import { IDS } from "../samples";

const [task, turn] = [IDS.task, IDS.turn].map((id) => id.slice("task_".length));

/** Ids of the examples. */
export const OPENAI_IDS = { response: `resp_${task}_${turn}`, conversation: `conv_${task}` };

const CREATED = 1_790_000_000;
const MODEL = "system/assistant";

const model = z.object({
  id: z.string(),
  object: z.literal("model"),
  created: z.int(),
  owned_by: z.string(),
});
const MODEL_SAMPLE = { id: MODEL, object: "model" as const, created: CREATED, owned_by: "system" };
export const modelJson = json(model, MODEL_SAMPLE);
export const modelsJson = json(z.object({ object: z.literal("list"), data: z.array(model) }), {
  object: "list",
  data: [MODEL_SAMPLE],
});

const completion = z.object({
  id: z.string(),
  object: z.literal("chat.completion"),
  created: z.int(),
  model: z.string(),
  choices: z.array(z.looseObject({})),
  usage: z.looseObject({}),
});
export const completionJson = json(completion, {
  id: `chatcmpl-${task}_${turn}`,
  object: "chat.completion",
  created: CREATED,
  model: MODEL,
  choices: [{ index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 12, completion_tokens: 2, total_tokens: 14 },
});

const response = z.looseObject({
  id: z.string(),
  object: z.literal("response"),
  status: z.enum(["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"]),
  model: z.string(),
  output: z.array(z.looseObject({ type: z.string(), id: z.string() })),
});
const RESPONSE = {
  id: OPENAI_IDS.response,
  object: "response" as const,
  created_at: CREATED,
  status: "completed" as const,
  model: MODEL,
  conversation: { id: OPENAI_IDS.conversation },
  output: [
    {
      type: "message",
      id: `msg_${turn}_1_0`,
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "Hello.", annotations: [], logprobs: [] }],
    },
  ],
  usage: { input_tokens: 12, output_tokens: 2, total_tokens: 14 },
};
export const responseJson = json(response, RESPONSE);
export const cancelledJson = json(response, { ...RESPONSE, status: "cancelled" });

const conversation = z.object({
  id: z.string(),
  object: z.literal("conversation"),
  created_at: z.int(),
  metadata: z.record(z.string(), z.string()),
});
export const conversationJson = json(conversation, {
  id: OPENAI_IDS.conversation,
  object: "conversation",
  created_at: CREATED,
  metadata: { topic: "demo" },
});

const deleted = z.object({ id: z.string(), object: z.string(), deleted: z.literal(true) });
export function deletedJson(id: string, object: string) {
  return json(deleted, { id, object, deleted: true });
}

const items = z.object({
  object: z.literal("list"),
  data: z.array(z.looseObject({ type: z.string(), id: z.string() })),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
});
export const itemsJson = json(items, {
  object: "list",
  data: [
    {
      type: "message",
      id: IDS.question,
      role: "user",
      status: "completed",
      content: [{ type: "input_text", text: "Say hello" }],
    },
  ],
  first_id: IDS.question,
  last_id: IDS.question,
  has_more: false,
});
