import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolCall,
} from "@ai-sdk/provider";
import type { Usage } from "../../protocol/usage";
import type { Voice } from "../voice";
import { usageOf } from "./model-usage";
import { type SilentProvider, Watch, type WatchLimits } from "./watch";

/** What one call of a model came to. */
export type ModelAnswer = {
  /** The provider's word, one of the SDK's; `other` where it gave none. */
  finishReason: string;
  /** As the provider wrote it. */
  rawReason: string | undefined;
  /** What the provider says answered. */
  model: string;
  usage: Usage | undefined;
  calls: LanguageModelV4ToolCall[];
  /** Its own words and thoughts, for the next call of the same attempt. */
  text: string;
  thinking: string;
  /** Kinds of what came and cannot be shown, as `file`. */
  unshown: string[];
  /** The bound of an answer was reached, and the rest was not waited for. */
  isCut: boolean;
};

/** A call that ended in an error, with what its provider had counted until then. */
export class CallFailed extends Error {
  readonly usage: Usage | undefined;

  constructor(cause: unknown, usage: Usage | undefined) {
    super("the call failed", { cause });
    this.usage = usage;
  }
}

export type Call = {
  /** Makes the model, whose `fetch` tells of every byte. */
  modelFor(heard: () => void): LanguageModelV4;
  options: Omit<LanguageModelV4CallOptions, "abortSignal">;
  limits: WatchLimits;
};

/**
 * Calls a model once and has it speak through `voice`. Rejects with `CallFailed`, whose cause is what the
 * provider threw or a `SilentProvider`; nothing goes on behind it.
 */
export async function callModel(
  call: Call,
  voice: Voice,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const work = new AbortController();
  const abort = () => work.abort();
  signal.addEventListener("abort", abort, { once: true });
  const { promise: silent, reject } = Promise.withResolvers<never>();
  const watch = new Watch(call.limits, (silence: SilentProvider) => {
    reject(silence);
    work.abort();
  });
  const model = call.modelFor(() => watch.heard());
  const hearing = new Answering(model.modelId, voice);
  try {
    const options = { ...call.options, abortSignal: work.signal };
    return await Promise.race([read(model, options, hearing, watch), silent]);
  } catch (error) {
    throw new CallFailed(error, hearing.usage);
  } finally {
    watch.stop();
    signal.removeEventListener("abort", abort);
    work.abort();
  }
}

async function read(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  answering: Answering,
  watch: Watch,
): Promise<ModelAnswer> {
  const { stream } = await model.doStream(options);
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    // Providers without a `fetch` of ours are heard by what they say.
    if (value.type !== "stream-start") watch.heard();
    answering.take(value);
    if (answering.isOver) break;
  }
  void reader.cancel().catch(() => undefined);
  return answering.answer();
}

/** Puts together what the parts of one answer say. */
class Answering {
  readonly #voice: Voice;
  #model: string;
  #text = "";
  #thinking = "";
  #finish: Extract<LanguageModelV4StreamPart, { type: "finish" }> | undefined;
  readonly #calls: LanguageModelV4ToolCall[] = [];
  readonly #unshown = new Set<string>();

  constructor(model: string, voice: Voice) {
    this.#model = model;
    this.#voice = voice;
  }

  get usage(): Usage | undefined {
    return this.#finish && usageOf(this.#finish.usage);
  }

  get isOver(): boolean {
    return this.#finish !== undefined || this.#voice.isFull;
  }

  /** Throws what the provider reports as an error. */
  take(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case "text-delta":
        this.#text += part.delta;
        this.#voice.text(part.delta);
        break;
      case "reasoning-delta":
        this.#thinking += part.delta;
        this.#voice.thinking(part.delta);
        break;
      case "tool-call":
        this.#calls.push(part);
        break;
      case "file":
      case "reasoning-file":
        this.#unshown.add(part.mediaType);
        break;
      case "response-metadata":
        // Some providers name nothing where the model's name stands.
        this.#model = part.modelId || this.#model;
        break;
      case "error":
        throw part.error;
      case "finish":
        this.#finish = part;
        break;
      default:
    }
  }

  answer(): ModelAnswer {
    const reason = this.#finish?.finishReason;
    return {
      finishReason: reason?.unified ?? "other",
      rawReason: reason?.raw,
      model: this.#model,
      usage: this.usage,
      calls: this.#calls,
      text: this.#text,
      thinking: this.#thinking,
      unshown: [...this.#unshown],
      isCut: this.#voice.isFull,
    };
  }
}
