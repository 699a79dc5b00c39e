import type {
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolCallPart,
  LanguageModelV4ToolResultOutput,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider";
import { type Fields, isFields, jsonOf } from "../json";
import { detailsIn } from "../reasoning-details";
import { type InputKind, userContent } from "./request-parts";

type Assistant = Extract<LanguageModelV4Message, { role: "assistant" }>;

/**
 * A prompt as this wire's messages. Every call has its result right behind it, in the order of the calls:
 * providers refuse a conversation where one is missing, or where there is a result without a call.
 */
export function requestMessages(
  prompt: LanguageModelV4Prompt,
  input: readonly InputKind[],
): Fields[] {
  const messages: Fields[] = [];
  for (const [at, message] of prompt.entries()) {
    switch (message.role) {
      case "system":
        messages.push({ role: "system", content: message.content });
        break;
      case "user":
        messages.push({ role: "user", content: userContent(message.content, input) });
        break;
      case "assistant":
        messages.push(...answerMessages(message, resultsBehind(prompt, at), input));
        break;
      case "tool":
        // Told with the calls.
        break;
    }
  }
  return messages;
}

/** The results up to the next answer, by the ids of their calls. */
function resultsBehind(prompt: LanguageModelV4Prompt, at: number) {
  const results = new Map<string, LanguageModelV4ToolResultPart>();
  const rest = prompt.slice(at + 1);
  const next = rest.findIndex(({ role }) => role === "assistant");
  for (const message of [prompt[at], ...(next < 0 ? rest : rest.slice(0, next))]) {
    if (message?.role !== "tool" && message?.role !== "assistant") continue;
    for (const part of message.content) {
      if (part.type === "tool-result") results.set(part.toolCallId, part);
    }
  }
  return results;
}

function answerMessages(
  { content }: Assistant,
  results: ReadonlyMap<string, LanguageModelV4ToolResultPart>,
  input: readonly InputKind[],
): Fields[] {
  const text = content.map((part) => (part.type === "text" ? part.text : "")).join("");
  const calls = content.filter((part) => part.type === "tool-call");
  if (text === "" && calls.length === 0) return [];
  const answer: Fields = { role: "assistant", content: text === "" ? null : text };
  for (const [field, thought] of thoughts(content)) answer[field] = thought;
  const details = detailsIn(calls[0]?.providerOptions?.taskroom?.details);
  if (details) answer.reasoning_details = details;
  if (calls.length > 0) answer.tool_calls = calls.map(wireCall);
  const told = calls.map(({ toolCallId }) => ({
    role: "tool",
    tool_call_id: toolCallId,
    content: outputText(results.get(toolCallId)?.output),
  }));
  return [answer, ...told, ...filesBehind(calls, results, input)];
}

/** A tool's answer is text on this wire: its pictures are a user's message behind all of them. */
function filesBehind(
  calls: readonly LanguageModelV4ToolCallPart[],
  results: ReadonlyMap<string, LanguageModelV4ToolResultPart>,
  input: readonly InputKind[],
): Fields[] {
  const parts = calls.flatMap(({ toolCallId, toolName }) => {
    const output = results.get(toolCallId)?.output;
    const files = output?.type === "content" ? output.value.filter(isFile) : [];
    const named = { type: "text" as const, text: `[From the tool ${toolName}:]` };
    return files.length === 0 ? [] : [named, ...files];
  });
  return parts.length === 0 ? [] : [{ role: "user", content: userContent(parts, input) }];
}

function isFile(part: ContentPart): part is Extract<ContentPart, { type: "file" }> {
  return part.type === "file";
}

/** Thinking goes back only to a provider that gave it in a field of its own: others refuse the field. */
function thoughts(content: Assistant["content"]): Map<string, string> {
  const thought = new Map<string, string>();
  for (const part of content) {
    if (part.type !== "reasoning") continue;
    const field = part.providerOptions?.taskroom?.field;
    if (field !== "reasoning_content" && field !== "reasoning") continue;
    thought.set(field, (thought.get(field) ?? "") + part.text);
  }
  return thought;
}

function wireCall(call: LanguageModelV4ToolCallPart): Fields {
  const { toolCallId: id, toolName: name, input, providerOptions } = call;
  const extra = extraOf(providerOptions);
  return {
    id,
    type: "function",
    function: { name, arguments: argumentsText(input) },
    ...(extra ? { extra_content: extra } : {}),
  };
}

/** Providers read their own words back: what is no object would be refused. */
function argumentsText(input: unknown): string {
  const value = typeof input === "string" ? jsonOf(input) : input;
  return isFields(value) ? JSON.stringify(value) : "{}";
}

function extraOf(options: SharedV4ProviderOptions | undefined): Fields | undefined {
  const extra = options?.taskroom?.extra;
  const value = typeof extra === "string" ? jsonOf(extra) : undefined;
  return isFields(value) ? value : undefined;
}

function outputText(output: LanguageModelV4ToolResultOutput | undefined): string {
  switch (output?.type) {
    case undefined:
      return "There is no result of this call.";
    case "text":
    case "error-text":
      return output.value;
    case "json":
    case "error-json":
      return JSON.stringify(output.value);
    case "execution-denied":
      return output.reason ?? "This call was not allowed.";
    case "content":
      return output.value.map(partText).join("\n");
  }
}

type ContentPart = Extract<LanguageModelV4ToolResultOutput, { type: "content" }>["value"][number];

function partText(part: ContentPart): string {
  if (part.type === "text") return part.text;
  return part.type === "file" ? `[${part.mediaType}]` : "[something that is no text]";
}
