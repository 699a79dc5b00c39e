import { callAgent, type Doors } from "../../../src/agents/call-agent";
import { type Settings, settings } from "../../../src/platform/settings";
import type { ModelConfig, StepOutput, StepRequest } from "../../../src/resources/agent";

/** A key that must appear in no output. */
export const KEY = "sk-secret-key-of-the-operator";

/** Settings of a deployment whose default model is at `url`. */
export function settingsFor(url: string, changes: Record<string, unknown> = {}): Settings {
  return settings.parse({
    DEFAULT_MODEL_BASE_URL: url,
    DEFAULT_MODEL: "test-model",
    DEFAULT_MODEL_API_KEY: KEY,
    ...changes,
  });
}

export function modelAt(url: string, changes: Partial<ModelConfig> = {}): ModelConfig {
  return {
    ref: "system/default",
    provider: "openai-compatible",
    model: "test-model",
    baseUrl: url,
    key: { from: "setting" },
    parameters: {},
    contextWindow: 32_000,
    ...changes,
  };
}

/** A user's model: without the operator's key. */
export function usersModelAt(url: string, changes: Partial<ModelConfig> = {}): ModelConfig {
  const { key, ...model } = modelAt(url, { ref: "user_1/mine" });
  return { ...model, ...changes };
}

export function stepFor(model: ModelConfig, changes: Partial<StepRequest> = {}): StepRequest {
  return {
    config: {
      bot: "system/assistant",
      systemPrompt: "You are a test.",
      mcpServers: {},
      model,
      runtime: { runtime: "chat" },
      versions: {},
    },
    taskId: "task_1",
    turnId: "turn_1",
    step: "assistant",
    phase: "assistant",
    attempt: 1,
    run: 1,
    idempotencyKey: "turn_1:assistant:1",
    input: "Hello?",
    context: [],
    ...changes,
  };
}

export async function outputsOf(
  request: StepRequest,
  doors: Omit<Doors, "signal"> & { signal?: AbortSignal },
): Promise<StepOutput[]> {
  const { signal = new AbortController().signal, ...rest } = doors;
  const outputs: StepOutput[] = [];
  for await (const output of callAgent(request, { ...rest, signal })) outputs.push(output);
  return outputs;
}

export function joined(outputs: StepOutput[], type: "text" | "thinking"): string {
  return outputs.map((output) => (output.type === type ? output.delta : "")).join("");
}
