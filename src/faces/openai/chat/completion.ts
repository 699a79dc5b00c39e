import type { Usage } from "../../../protocol/usage";
import type { ChatAnswer, Ending } from "./answer";

export type CompletionFacts = {
  id: string;
  /** Seconds since 1970. */
  created: number;
  model: string;
  /** A stream's last piece tells what the answer cost, and all others that they don't. */
  includeUsage: boolean;
};

type Whole = Extract<Ending, { finishReason: string }>;

/** An answer as one JSON value. */
export function completion(
  { id, created, model }: CompletionFacts,
  { text }: ChatAnswer,
  { finishReason, usage }: Whole,
) {
  const message = { role: "assistant", content: text, refusal: null, annotations: [] };
  return {
    id,
    object: "chat.completion",
    created,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    usage: usageOf(usage),
  };
}

/** The pieces of a stream, each as the text that is sent. */
export class Chunks {
  readonly #facts: CompletionFacts;

  constructor(facts: CompletionFacts) {
    this.#facts = facts;
  }

  begin(): string {
    return this.#choice({ role: "assistant", content: "", refusal: null });
  }

  words(content: string): string {
    return content === "" ? "" : this.#choice({ content });
  }

  /** What is not whole ends without `[DONE]`. */
  end(ending: Ending): string {
    if ("error" in ending) return data({ error: ending.error });
    const { finishReason, usage } = ending;
    const cost = this.#facts.includeUsage ? this.#piece([], usageOf(usage)) : "";
    return `${this.#choice({}, finishReason)}${cost}data: [DONE]\n\n`;
  }

  #choice(delta: object, finish_reason: string | null = null): string {
    return this.#piece([{ index: 0, delta, logprobs: null, finish_reason }], null);
  }

  #piece(choices: object[], usage: object | null): string {
    const { id, created, model, includeUsage } = this.#facts;
    const piece = { id, object: "chat.completion.chunk", created, model, choices };
    return data(includeUsage ? { ...piece, usage } : piece);
  }
}

function data(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function usageOf(usage: Usage | undefined) {
  const {
    inputTokens = 0,
    outputTokens = 0,
    totalTokens = inputTokens + outputTokens,
  } = usage ?? {};
  const { cachedInputTokens = 0, reasoningTokens = 0 } = usage ?? {};
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: totalTokens,
    prompt_tokens_details: { cached_tokens: cachedInputTokens },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}
