import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
  LanguageModelV4Usage,
} from "@ai-sdk/provider";
import { ModelFault, ProviderRefused } from "../../refusal/model-fault";
import { faultIn, refusalOf } from "../../refusal/refusal-of";
import { type Tidy, tidiedFetch } from "./tidied-body";

type Parts = {
  /** Makes the SDK's model, which sends its requests so. */
  make(send: typeof fetch): LanguageModelV4;
  carry: typeof fetch;
  tidyFor(): Tidy;
};

/**
 * A model of the SDK's whose reader gets tidied events. Where its answer fails, is cut or given up, what its
 * provider had told of the cost is told with that.
 */
export function tidiedModel({ make, carry, tidyFor }: Parts): LanguageModelV4 {
  const plain = make(carry);
  const { specificationVersion, provider, modelId, supportedUrls } = plain;
  return {
    ...{ specificationVersion, provider, modelId, supportedUrls },
    doGenerate: (options) => plain.doGenerate(options),
    async doStream(options) {
      const tidy = tidyFor();
      tellAbort(options, tidy);
      const model = make(tidiedFetch(carry, tidy));
      try {
        return paidStream(await model.doStream(options), tidy);
      } catch (error) {
        throw paid(error, tidy);
      }
    },
  };
}

/** Whoever gives up the call with a fault of ours hears with it what the answer has cost. */
function tellAbort({ abortSignal }: LanguageModelV4CallOptions, tidy: Tidy): void {
  const tell = () => {
    const why: unknown = abortSignal?.reason;
    if (why instanceof ModelFault) why.usage ??= tidy.usage;
  };
  abortSignal?.addEventListener("abort", tell, { once: true });
}

function paidStream(
  { stream, ...result }: LanguageModelV4StreamResult,
  tidy: Tidy,
): LanguageModelV4StreamResult {
  const reader = stream.getReader();
  const paidFor = new ReadableStream<LanguageModelV4StreamPart>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(paidPart(value, tidy));
        } catch (error) {
          controller.error(paid(error, tidy));
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { ...result, stream: paidFor };
}

function paidPart(part: LanguageModelV4StreamPart, tidy: Tidy): LanguageModelV4StreamPart {
  if (part.type === "error") return { ...part, error: paid(part.error, tidy) };
  const isUntold = part.type === "finish" && !isTold(part.usage);
  return isUntold && tidy.usage ? { ...part, usage: tidy.usage } : part;
}

function isTold({ inputTokens, outputTokens }: LanguageModelV4Usage): boolean {
  return inputTokens.total !== undefined || outputTokens.total !== undefined;
}

/** The error as a fault of ours, if there is anything to tell with it. */
function paid(error: unknown, { usage }: Tidy): unknown {
  if (!usage) return error;
  const fault = faultIn(error) ?? new ProviderRefused(refusalOf(error));
  fault.usage ??= usage;
  return fault;
}
