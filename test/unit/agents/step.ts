import { callAgent } from "../../../src/agents/call-agent";
import type { Doors } from "../../../src/agents/doors";
import type { Hearing } from "../../../src/agents/voice";
import { type Settings, settings } from "../../../src/platform/settings";
import type { ModelConfig } from "../../../src/resources/agent";
import type { StepRequest } from "../../../src/resources/step";
import { NO_FILES } from "../../../src/resources/step-files";
import type { Heard } from "../../support/scripted-model";

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
    attachments: [],
    context: [],
    maxRounds: 16,
    rounds: [],
    files: [],
    clientTools: [],
    descent: { depth: 1, tasks: [] },
    parts: new Map(),
    ...changes,
  };
}

export type Given = Partial<Doors> & Pick<Doors, "settings"> & { signal?: AbortSignal };

/** What is heard of one attempt, in order; its end, where it has one, is the last. */
export async function outputsOf(request: StepRequest, given: Given): Promise<Heard[]> {
  const { signal = new AbortController().signal, ...doors } = given;
  const heard: Heard[] = [];
  const end = await callAgent(request, listening(heard), signal, {
    own: {},
    files: NO_FILES,
    ...doors,
  });
  return end ? [...heard, end] : heard;
}

/** Whoever writes down what an agent says. */
export function listening(heard: Heard[], told: (one: Heard) => void = () => undefined): Hearing {
  const note = (one: Heard) => {
    heard.push(one);
    told(one);
  };
  return {
    say: (type, delta) => note({ type, delta }),
    report: note,
    record: async (records) => {
      for (const record of records) note(record);
    },
  };
}

export function joined(heard: Heard[], type: "text" | "thinking"): string {
  return heard.map((one) => (one.type === type ? one.delta : "")).join("");
}

/** The same one by one; whoever hears no more aborts it. */
export async function* heardOf(request: StepRequest, given: Given): AsyncGenerator<Heard, void> {
  const { signal, ...doors } = given;
  const stop = new AbortController();
  signal?.addEventListener("abort", () => stop.abort());
  if (signal?.aborted) stop.abort();
  const waiting: Heard[] = [];
  let wake: () => void = () => undefined;
  let isOver = false;
  const hearing = listening(waiting, () => wake());
  const ended = callAgent(request, hearing, stop.signal, {
    own: {},
    files: NO_FILES,
    ...doors,
  }).then((end) => {
    if (end) waiting.push(end);
    isOver = true;
    wake();
  });
  try {
    for (;;) {
      const next = waiting.shift();
      // What was heard of an aborted attempt is nobody's any more.
      if (next && !stop.signal.aborted) yield next;
      else if (isOver) break;
      else if (!next) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stop.abort();
    await ended;
  }
}
