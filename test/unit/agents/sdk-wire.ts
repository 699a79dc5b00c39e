import type { ModelConfig } from "../../../src/resources/agent";
import type { StepRequest } from "../../../src/resources/step";
import type { Action, Script } from "../../support/model-script";
import type { ModelServer } from "../../support/model-server";
import { joined, modelAt, outputsOf, settingsFor, stepFor } from "./step";

type Event = { type?: string; [field: string]: unknown };

export const raw = (text: string): Action => ({ do: "raw", text });

const event = (one: Event): Action =>
  raw(`${one.type ? `event: ${one.type}\n` : ""}data: ${JSON.stringify(one)}\n\n`);

/** A stream of these events, and of whatever else a script does. */
export const script = (...events: (Event | Action)[]): Script => [
  { do: "headers" },
  ...events.map((one) => ("do" in one ? (one as Action) : event(one))),
];

const lookup = { name: "look", inputSchema: { type: "object" } };

/** What is heard of a call with one tool on offer, and how often the provider was asked. */
export async function heardOf(
  server: ModelServer,
  said: Script | Script[],
  model: Partial<ModelConfig>,
  changes: Partial<StepRequest> = { clientTools: [lookup] },
) {
  const before = server.requests.length;
  const scripts = (Array.isArray(said[0]) ? said : [said]) as Script[];
  server.script(...scripts);
  const outputs = await outputsOf(stepFor(modelAt(server.url, model), changes), {
    settings: settingsFor(server.url),
  });
  return {
    outputs,
    text: joined(outputs, "text"),
    thinking: joined(outputs, "thinking"),
    calls: outputs.flatMap((one) =>
      one.type === "round" ? one.calls.map(({ name, input }) => [name, input]) : [],
    ),
    end: outputs.at(-1),
    paid: server.requests.length - before,
  };
}

export const CLAUDE = { provider: "anthropic" as const, model: "claude-sonnet-4-5" };
export const GPT = { provider: "openai" as const, model: "gpt-4.1" };
export const whole = { type: "finish", finishReason: "stop" };
