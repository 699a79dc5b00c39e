import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import { type Fields, isFields, listOf } from "../json";
import { AnthropicBlocks } from "./anthropic-blocks";
import { countIn, saidError, textIn, wordIn } from "./said-values";
import type { Tidy } from "./tidied-body";

const COUNTS = [
  "input_tokens",
  "output_tokens",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
] as const;
type Counts = Partial<Record<(typeof COUNTS)[number], number>>;

/**
 * The events of an answer of Anthropic's messages, as many servers speak them: their words, their calls and
 * their stop reason as they are; what else is odd, missing or unknown is put right or left out. An answer that
 * came as one document is told in events.
 */
export class AnthropicEvents implements Tidy {
  readonly #blocks = new AnthropicBlocks();
  #hasBegun = false;
  #isFailed = false;
  #hasStopped = false;
  #stopReason: string | undefined;
  #usage: Counts = {};

  get isWhole(): boolean {
    return !this.#isFailed && (this.#hasStopped || this.#stopReason !== undefined);
  }

  get isOver(): boolean {
    return this.#isFailed || this.#hasStopped;
  }

  get usage(): LanguageModelV4Usage | undefined {
    if (Object.keys(this.#usage).length === 0) return undefined;
    const { input_tokens = 0, output_tokens, ...cached } = this.#usage;
    const { cache_read_input_tokens: cacheRead, cache_creation_input_tokens: cacheWrite } = cached;
    const total = input_tokens + (cacheRead ?? 0) + (cacheWrite ?? 0);
    return {
      inputTokens: { total, noCache: input_tokens, cacheRead, cacheWrite },
      outputTokens: { total: output_tokens, text: output_tokens, reasoning: undefined },
    };
  }

  done(): void {
    this.#hasStopped = true;
  }

  take(event: Fields, name: string): Fields[] {
    const error = this.isWhole ? undefined : saidError(event, name);
    if (error) {
      this.#isFailed = true;
      return [{ type: "error", error }];
    }
    switch (wordIn(event.type) ?? name) {
      case "message_start":
        return this.#begin(isFields(event.message) ? event.message : {});
      case "content_block_start":
        return this.#blocks.start(event.index, event.content_block);
      case "content_block_delta":
        return this.#blocks.delta(event.index, event.delta);
      case "content_block_stop":
        return this.#blocks.stop(event.index);
      case "message_delta":
        this.#note(isFields(event.delta) ? event.delta : {}, event.usage);
        return [];
      case "message_stop":
        this.#hasStopped = true;
        return [];
      case "message":
        return this.#document(event);
      default:
        return [];
    }
  }

  end(): Fields[] {
    const { hasCalls } = this.#blocks;
    const stop_reason = this.#stopReason ?? (hasCalls ? "tool_use" : "end_turn");
    const usage = { output_tokens: 0, ...this.#usage };
    return [
      ...this.#blocks.stopAll(),
      { type: "message_delta", delta: { stop_reason }, usage },
      { type: "message_stop" },
    ];
  }

  /** Some begin again when they have changed the server behind them. */
  #begin({ id, model, usage }: Fields): Fields[] {
    this.#noteUsage(usage);
    if (this.#hasBegun) return [];
    this.#hasBegun = true;
    const told = { input_tokens: 0, ...this.#usage };
    return [
      { type: "message_start", message: { id: textIn(id), model: textIn(model), usage: told } },
    ];
  }

  /** The last reason that is one counts: some send news of the usage behind it. */
  #note({ stop_reason }: Fields, usage: unknown): void {
    this.#stopReason = wordIn(stop_reason) ?? this.#stopReason;
    this.#noteUsage(usage);
  }

  #noteUsage(usage: unknown): void {
    if (!isFields(usage)) return;
    for (const name of COUNTS) {
      const count = countIn(usage[name]);
      if (count !== undefined) this.#usage = { ...this.#usage, [name]: count };
    }
  }

  #document(message: Fields): Fields[] {
    this.#note(message, undefined);
    this.#hasStopped = true;
    const blocks = listOf(message.content).map((block) =>
      typeof block === "string" ? { type: "text", text: block } : block,
    );
    return [
      ...this.#begin(message),
      ...blocks.flatMap((block, index) => this.#blocks.start(index, block)),
    ];
  }
}
