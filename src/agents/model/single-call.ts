import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";
import type { ModelPart } from "./answer";
import type { FittedContext } from "./context";
import { hearWords } from "./provider-fetch";

type Options = Omit<LanguageModelV4CallOptions, "prompt"> & { abortSignal: AbortSignal };

/**
 * One call of a model that is offered no tools. What `streamText` puts around it to call again after
 * tools, some ten stream hops for each part, costs more than all of a room's sockets; so it is left
 * out where there is nothing to call again for, and plain words go past the SDK altogether.
 */
export async function* singleCall(
  model: LanguageModelV4,
  fitted: FittedContext,
  options: Options,
): AsyncGenerator<ModelPart, void> {
  const parts = new Parts();
  hearWords(options.abortSignal, (words) => parts.push(words));
  void tellParts(model, { ...options, prompt: promptOf(fitted) }, parts);
  yield* parts.all();
}

/** Ends the parts in any case; never rejects. */
async function tellParts(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  parts: Parts,
): Promise<void> {
  let modelId = model.modelId;
  try {
    const { stream } = await model.doStream(options);
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (value.type === "response-metadata") modelId = value.modelId ?? modelId;
      for (const part of partsOf(value, modelId)) parts.push(part);
    }
  } catch (error) {
    parts.push({ type: "error", error });
  }
  parts.end();
}

/** Parts from the SDK and from the wire, in the order of their coming. */
class Parts {
  #waiting: ModelPart[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  push(part: ModelPart): void {
    this.#waiting.push(part);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *all(): AsyncGenerator<ModelPart, void> {
    for (;;) {
      const parts = this.#waiting;
      this.#waiting = [];
      yield* parts;
      if (this.#waiting.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }
}

function promptOf({ system, messages }: FittedContext): LanguageModelV4Prompt {
  const asked = messages.map(({ role, content }) => ({
    role,
    content: [{ type: "text" as const, text: content }],
  }));
  return system ? [{ role: "system", content: system }, ...asked] : asked;
}

/** The part as `streamText` would tell it. */
function partsOf(part: LanguageModelV4StreamPart, modelId: string): ModelPart[] {
  switch (part.type) {
    case "text-delta":
    case "reasoning-delta":
      return [{ type: part.type, text: part.delta }];
    case "error":
      return [part];
    case "finish":
      return [{ type: "finish-step", response: { modelId } }, finishOf(part)];
    case "stream-start":
      return [{ type: "start" }];
    default:
      // Something was heard of the provider, and nothing that an answer is made of.
      return [{ type: "raw" }];
  }
}

function finishOf({
  finishReason,
  usage,
}: Extract<LanguageModelV4StreamPart, { type: "finish" }>): ModelPart {
  const { inputTokens, outputTokens } = usage;
  const told = inputTokens.total !== undefined || outputTokens.total !== undefined;
  return {
    type: "finish",
    finishReason: finishReason.unified,
    rawFinishReason: finishReason.raw,
    totalUsage: {
      inputTokens: inputTokens.total,
      outputTokens: outputTokens.total,
      totalTokens: told ? (inputTokens.total ?? 0) + (outputTokens.total ?? 0) : undefined,
      inputTokenDetails: { cacheReadTokens: inputTokens.cacheRead },
      outputTokenDetails: { reasoningTokens: outputTokens.reasoning },
    },
  };
}
