import type { LanguageModelV4, LanguageModelV4CallOptions } from "@ai-sdk/provider";
import type { Usage } from "../../protocol/usage";
import type { Voice } from "../voice";
import { Answering, type ModelAnswer } from "./answering";
import { Watch, type WatchLimits } from "./watch";

/** A call that ended in an error, with what its provider had counted until then. */
export class CallFailed extends Error {
  readonly usage: Usage | undefined;
  /** An answer had begun, and nobody has said how it ended. */
  readonly isCutOff: boolean;

  constructor(cause: unknown, answering?: Answering) {
    super("the call failed", { cause });
    this.usage = answering?.usage;
    this.isCutOff = answering?.hasBegun ?? false;
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
 * provider threw or `Silent`; at once where `signal` is aborted. Nothing goes on behind it.
 */
export async function callModel(
  call: Call,
  voice: Voice,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  if (signal.aborted) throw new CallFailed(signal.reason);
  const work = new AbortController();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = (why: unknown) => {
    work.abort(why);
    // Not every provider heeds its signal.
    reject(why);
  };
  const abort = () => stop(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  const watch = new Watch(call.limits, stop);
  const model = call.modelFor(() => watch.heard());
  const answering = new Answering(model.modelId, voice);
  try {
    const options = { ...call.options, abortSignal: work.signal };
    return await Promise.race([read(model, options, answering, watch), stopped]);
  } catch (error) {
    throw new CallFailed(error, answering);
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
