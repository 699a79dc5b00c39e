import type { LanguageModelV4CallOptions, SharedV4Warning } from "@ai-sdk/provider";
import type { Fields } from "../json";
import { requestMessages } from "./request-messages";
import type { InputKind } from "./request-parts";

export type BodyOptions = {
  model: string;
  /** What is merged into the body, over what stands there; the messages are ours. */
  extraBody?: Record<string, unknown> | undefined;
  /** The field that the answer's limit goes into; absent: `max_tokens`. */
  tokenLimitField?: "max_tokens" | "max_completion_tokens" | "none" | undefined;
  /** Whether usage is asked for, which some servers refuse; absent: yes. */
  streamUsage?: boolean | undefined;
  /** What the model takes; absent: everything. */
  input?: readonly InputKind[] | undefined;
};

const EVERY_INPUT: readonly InputKind[] = ["text", "image", "file"];

/** The body of a streamed chat completion, and what of the call has no place in it. */
export function requestBody(
  call: LanguageModelV4CallOptions,
  { model, extraBody, tokenLimitField, streamUsage, input }: BodyOptions,
): { body: Fields; warnings: SharedV4Warning[] } {
  const messages = requestMessages(call.prompt, input ?? EVERY_INPUT);
  const body = {
    model,
    ...tokenLimit(call.maxOutputTokens, tokenLimitField),
    ...sampling(call),
    ...toolFields(call),
    stream: true,
    ...(streamUsage === false ? {} : { stream_options: { include_usage: true } }),
    ...extraBody,
    messages,
  };
  return { body: known(body), warnings: warningsOf(call) };
}

function tokenLimit(tokens: number | undefined, field: BodyOptions["tokenLimitField"]): Fields {
  return field === "none" ? {} : { [field ?? "max_tokens"]: tokens };
}

function sampling(call: LanguageModelV4CallOptions): Fields {
  const { reasoning } = call;
  return {
    temperature: call.temperature,
    top_p: call.topP,
    stop: call.stopSequences,
    seed: call.seed,
    presence_penalty: call.presencePenalty,
    frequency_penalty: call.frequencyPenalty,
    reasoning_effort: reasoning === "provider-default" ? undefined : reasoning,
    response_format: responseFormat(call.responseFormat),
  };
}

function responseFormat(format: LanguageModelV4CallOptions["responseFormat"]): Fields | undefined {
  if (format?.type !== "json") return undefined;
  const { schema, name = "answer" } = format;
  return schema
    ? { type: "json_schema", json_schema: { name, schema, strict: true } }
    : { type: "json_object" };
}

function toolFields({ tools = [], toolChoice }: LanguageModelV4CallOptions): Fields {
  const functions = tools.filter((tool) => tool.type === "function");
  if (functions.length === 0) return {};
  return {
    tools: functions.map(({ name, description, inputSchema, strict }) => ({
      type: "function",
      function: known({ name, description, parameters: inputSchema, strict }),
    })),
    tool_choice:
      toolChoice?.type === "tool"
        ? { type: "function", function: { name: toolChoice.toolName } }
        : toolChoice?.type,
  };
}

function warningsOf({ tools = [], topK }: LanguageModelV4CallOptions): SharedV4Warning[] {
  const features = tools
    .filter((tool) => tool.type !== "function")
    .map(({ name }) => `tool ${name}`);
  if (topK !== undefined) features.push("topK");
  return features.map((feature) => ({ type: "unsupported", feature }));
}

function known(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
