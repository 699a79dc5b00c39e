import type { LanguageModelV4 } from "@ai-sdk/provider";
import { isStepCount, streamText, type ToolSet } from "ai";
import type { Settings } from "../../platform/settings";
import type { StepOutput, StepRequest } from "../../resources/agent";
import type { ModelParameters } from "../../resources/specs";
import type { Hold } from "../tools/mcp-server";
import { McpTools } from "../tools/mcp-tools";
import { Answer, type ModelPart } from "./answer";
import { type FittedContext, fitContext } from "./context";
import { given } from "./given";
import { modelParts } from "./model-parts";
import { singleCall } from "./single-call";

/** Calls of the model in one attempt, each but the last followed by those of its tools. */
const MOST_STEPS = 8;

type Doors = { settings: Settings; signal: AbortSignal; hold?: Hold | undefined };

// What a provider cannot do with a parameter is no news for the console of a server.
globalThis.AI_SDK_LOG_WARNINGS = false;

/** Has a model do a step, with the tools of its ghost. Throws what the provider throws. */
export async function* chatAgent(
  request: StepRequest,
  model: LanguageModelV4,
  doors: Doors,
): AsyncGenerator<StepOutput, void> {
  const hold = doors.hold ?? (() => {});
  const tools = new McpTools(request.config.model.contextWindow, { ...doors, hold });
  try {
    await tools.connect(request.config.mcpServers);
    yield* tools.reports;
    yield* answered(request, model, tools, doors);
  } finally {
    tools.close();
  }
}

async function* answered(
  request: StepRequest,
  model: LanguageModelV4,
  mcp: McpTools,
  { settings, signal }: Doors,
): AsyncGenerator<StepOutput, void> {
  const { systemPrompt, model: config } = request.config;
  const { maxOutputTokens } = config.parameters;
  const contextWindow = config.contextWindow - mcp.tokens;
  const fitted = fitContext({ ...request, systemPrompt, contextWindow, maxOutputTokens });
  const limits = {
    firstByteMs: settings.MODEL_FIRST_BYTE_TIMEOUT_MS,
    stallMs: settings.MODEL_STALL_TIMEOUT_MS,
    // A tool has a limit of its own.
    excused: () => mcp.busy,
  };
  const { truncatedContext } = fitted;
  const answer = new Answer({ model: config.model, truncatedContext, tools: !mcp.empty });
  const tools = mcp.empty ? undefined : mcp.tools;
  const asked = { fitted, parameters: config.parameters, tools };
  const parts = modelParts((work) => call(model, asked, work), limits, signal);
  for await (const part of parts) yield* answer.take(part);
  if (!signal.aborted) yield answer.end();
}

type Asked = { fitted: FittedContext; parameters: ModelParameters; tools: ToolSet | undefined };

function call(
  model: LanguageModelV4,
  { fitted, parameters, tools }: Asked,
  abortSignal: AbortSignal,
): AsyncIterable<ModelPart> {
  const { reasoningEffort, ...sampling } = parameters;
  const options = {
    abortSignal,
    ...given(sampling),
    ...(reasoningEffort ? { reasoning: reasoningEffort } : {}),
    providerOptions: { openai: openaiOptions(reasoningEffort) },
  };
  if (!tools) return singleCall(model, fitted, options);
  return streamText({
    ...options,
    model,
    messages: fitted.messages,
    // The room retries, by alarm and visibly.
    maxRetries: 0,
    // Errors come as parts; the default writes the provider's text to the console.
    onError() {},
    ...(fitted.system ? { system: fitted.system } : {}),
    tools,
    stopWhen: isStepCount(MOST_STEPS),
  }).stream;
}

// OpenAI keeps answers unless told not to, and its SDK drops the effort for models it does not know.
function openaiOptions(effort: ModelParameters["reasoningEffort"]) {
  return { store: false, ...(effort && effort !== "none" ? { forceReasoning: true } : {}) };
}
