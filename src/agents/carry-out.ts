import type { LanguageModelV4 } from "@ai-sdk/provider";
import { streamText } from "ai";
import type { StepOutput, StepRequest } from "../protocol/agent";
import type { ModelParameters } from "../protocol/resources";
import type { Settings } from "../protocol/settings";
import { Answer, type ModelPart } from "./answer";
import { type FittedContext, fitContext } from "./context";
import { failureOf } from "./failure";
import { given } from "./given";
import { httpAgent } from "./http-agent";
import { modelParts } from "./model-parts";
import { languageModel } from "./provider";
import type { Unseal } from "./sealed-key";

export type Doors = {
  settings: Settings;
  /** Aborting it ends the step: no output follows, and the provider's connection is closed. */
  signal: AbortSignal;
  /** The Workers AI binding, where the deployment has one. */
  ai?: Ai | undefined;
  /** Opens stored keys; without it no sealed key can be used. */
  unseal?: Unseal | undefined;
};

// What a provider cannot do with a parameter is no news for the console of a server.
globalThis.AI_SDK_LOG_WARNINGS = false;

/**
 * Carries out one attempt of a step. Ends with exactly one `finish` or `failure`, unless it was
 * aborted: then it just ends. Never throws.
 */
export async function* carryOut(
  request: StepRequest,
  doors: Doors,
): AsyncGenerator<StepOutput, void> {
  try {
    for await (const output of outputs(request, doors)) {
      if (doors.signal.aborted) return;
      yield output;
      if (output.type === "finish" || output.type === "failure") return;
    }
  } catch (error) {
    if (!doors.signal.aborted) yield failureOf(error);
  }
}

async function* outputs(request: StepRequest, doors: Doors): AsyncGenerator<StepOutput, void> {
  const { config, attempt } = request;
  const { settings, ai, unseal } = doors;
  if (config.runtime.runtime === "http") {
    yield* httpAgent(request, config.runtime, doors);
    return;
  }
  const model = await languageModel(config.model, { settings, ai, unseal, attempt });
  if (!model.ok) {
    yield model.failure;
    return;
  }
  yield* answer(request, model.value, doors);
}

async function* answer(request: StepRequest, model: LanguageModelV4, { settings, signal }: Doors) {
  const config = request.config.model;
  const fitted = fitContext({
    ...request,
    systemPrompt: request.config.systemPrompt,
    contextWindow: config.contextWindow,
    maxOutputTokens: config.parameters.maxOutputTokens,
  });
  const limits = {
    firstByteMs: settings.MODEL_FIRST_BYTE_TIMEOUT_MS,
    stallMs: settings.MODEL_STALL_TIMEOUT_MS,
  };
  const fold = new Answer(config.model, fitted.truncatedContext);
  const parts = modelParts((work) => call(model, fitted, config.parameters, work), limits, signal);
  for await (const part of parts) yield* fold.take(part);
  if (!signal.aborted) yield fold.end();
}

function call(
  model: LanguageModelV4,
  { system, messages }: FittedContext,
  { reasoningEffort, ...sampling }: ModelParameters,
  abortSignal: AbortSignal,
): AsyncIterable<ModelPart> {
  return streamText({
    model,
    messages,
    abortSignal,
    // The room retries, by alarm and visibly.
    maxRetries: 0,
    // Errors come as parts; the default writes the provider's text to the console.
    onError() {},
    ...(system ? { system } : {}),
    ...given(sampling),
    ...(reasoningEffort ? { reasoning: reasoningEffort } : {}),
    providerOptions: { openai: openaiOptions(reasoningEffort) },
  }).stream;
}

// OpenAI keeps answers unless told not to, and its SDK drops the effort for models it does not know.
function openaiOptions(effort: ModelParameters["reasoningEffort"]) {
  return { store: false, ...(effort && effort !== "none" ? { forceReasoning: true } : {}) };
}
