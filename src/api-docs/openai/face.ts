import * as z from "zod";
import type { OPENAI } from "../../operations/openai";
import type { ErrorForm, FaceDescription } from "../description";
import { schemaOf } from "../json-schema";
import * as samples from "./samples";

const error = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    code: z.string(),
    param: z.string().nullable(),
  }),
});

/** OpenAI's form of errors, with the service's own codes. */
const ERRORS: ErrorForm = {
  prefix: "OpenAI",
  type: "application/json",
  content: (codes) => ({
    schema: schemaOf(error),
    example: {
      error: { message: "Why it is refused", type: "…", code: codes[0], param: null },
    } satisfies z.infer<typeof error>,
  }),
};

const { response, conversation } = samples.OPENAI_IDS;

const MADE = ["conflict", "not_found", "quota_exceeded", "queue_full", "task_cancelled"] as const;

/** The service as OpenAI's clients know theirs, for its readers. */
export const OPENAI_DESCRIPTION: FaceDescription<typeof OPENAI> = {
  errors: ERRORS,
  parameters: {
    model: { description: "A team, `namespace/name`.", example: "system/assistant" },
    responseId: { description: "The response.", example: response },
    conversationId: { description: "The conversation.", example: conversation },
  },
  groups: {
    models: {
      list: { answer: { description: "All of them.", json: samples.modelsJson } },
      read: { answer: { description: "The model.", json: samples.modelJson } },
    },
    chat: {
      create: {
        description:
          "In an ephemeral task of its own, whose history is all but the last message; " +
          "`metadata.task` names a task instead. A client that goes away stops the answer.",
        body: {
          model: "system/assistant",
          messages: [{ role: "user", content: "Say hello" }],
        },
        answer: { description: "The answer.", json: samples.completionJson },
        media: {
          description: "With `stream: true`: the answer in pieces.",
          example: 'data: {"object":"chat.completion.chunk"}\n\ndata: [DONE]\n\n',
        },
        headers: ["Idempotency-Key"],
        errors: MADE,
      },
    },
    responses: {
      create: {
        description:
          "In a conversation of its own, unless `previous_response_id` or `conversation` names " +
          "one. The answer goes on without its client.",
        body: { model: "system/assistant", input: "Say hello" },
        answer: { description: "The response.", json: samples.responseJson },
        media: {
          description: "With `stream: true`: what happens.",
          example: 'event: response.created\ndata: {"type":"response.created"}\n\n',
        },
        headers: ["Idempotency-Key"],
        errors: MADE,
      },
      read: {
        answer: { description: "The response as it is now.", json: samples.responseJson },
        media: {
          description:
            "With `stream=true`: what happened after `starting_after`, then what happens.",
          example: 'event: response.created\ndata: {"type":"response.created"}\n\n',
        },
      },
      cancel: { answer: { description: "The response.", json: samples.cancelledJson } },
      remove: {
        answer: { description: "It is gone.", json: samples.deletedJson(response, "response") },
        errors: ["conflict"],
      },
      inputItems: { answer: { description: "The message.", json: samples.itemsJson } },
    },
    conversations: {
      create: {
        description: "`metadata.team` names the team that answers in it.",
        body: { metadata: { topic: "demo" } },
        answer: { description: "The conversation.", json: samples.conversationJson },
        headers: ["Idempotency-Key"],
        errors: ["conflict", "not_found"],
      },
      read: { answer: { description: "The conversation.", json: samples.conversationJson } },
      remove: {
        answer: {
          description: "It is gone.",
          json: samples.deletedJson(conversation, "conversation.deleted"),
        },
      },
      items: { answer: { description: "A page of messages.", json: samples.itemsJson } },
    },
  },
};
