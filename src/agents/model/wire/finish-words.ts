import type { LanguageModelV4FinishReason } from "@ai-sdk/provider";

type Unified = LanguageModelV4FinishReason["unified"];

const MEANINGS: Record<string, Unified> = {
  stop: "stop",
  stop_sequence: "stop",
  end_turn: "stop",
  end: "stop",
  eos: "stop",
  eos_token: "stop",
  complete: "stop",
  completed: "stop",
  finished: "stop",
  done: "stop",
  length: "length",
  max_tokens: "length",
  max_output_tokens: "length",
  max_length: "length",
  model_length: "length",
  model_context_window_exceeded: "length",
  tool_calls: "tool-calls",
  tool_call: "tool-calls",
  tool_use: "tool-calls",
  function_call: "tool-calls",
  content_filter: "content-filter",
  content_filtered: "content-filter",
  safety: "content-filter",
  sensitive: "content-filter",
  recitation: "content-filter",
  blocklist: "content-filter",
  prohibited_content: "content-filter",
  refusal: "content-filter",
  error: "error",
  abort: "error",
  aborted: "error",
  failed: "error",
  network_error: "error",
  insufficient_system_resource: "error",
  malformed_function_call: "error",
};

const WORD = /^[\w-]{1,40}$/;

/** What a provider's finish reason means; `undefined` where it is none, as an empty one. */
export function finishOf(said: unknown): LanguageModelV4FinishReason | undefined {
  if (typeof said !== "string" || said.trim() === "") return undefined;
  const word = said.trim().toLowerCase().replaceAll("-", "_");
  if (word === "null" || word === "none") return undefined;
  // The raw word is kept only where it can be nothing but a word.
  const raw = WORD.test(said.trim()) ? said.trim() : undefined;
  return { unified: MEANINGS[word] ?? "other", raw };
}
