import type { Settings } from "../platform/settings";
import type { StepOutput, StepRequest } from "../resources/agent";
import { chatAgent } from "./model/chat-agent";
import { failureOf } from "./model/failure";
import { languageModel } from "./model/provider";
import { httpAgent } from "./remote/http-agent";
import type { Unseal } from "./team/sealed-key";
import type { Hold } from "./tools/mcp-server";

export type Doors = {
  settings: Settings;
  /** Aborting it ends the step: no output follows, and the provider's connection is closed. */
  signal: AbortSignal;
  /** The Workers AI binding, where the deployment has one. */
  ai?: Ai | undefined;
  /** Opens stored keys; without it no sealed key can be used. */
  unseal?: Unseal | undefined;
  hold?: Hold | undefined;
};

/**
 * Calls the agent of a step for one attempt. Ends with exactly one `finish` or `failure`, unless it was
 * aborted: then it just ends. Never throws.
 */
export async function* callAgent(
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
  const { config } = request;
  const { settings, ai, unseal, signal } = doors;
  // Opening a secret and connecting to tools take time before anything listens to the signal.
  if (signal.aborted) return;
  if (config.runtime.runtime === "http") {
    yield* httpAgent(request, config.runtime, doors);
    return;
  }
  const model = await languageModel(config.model, { settings, ai, unseal, step: request });
  if (model.ok) yield* chatAgent(request, model.value, doors);
  else yield model.failure;
}
