import { callAgent, type Doors } from "../../../agents/call-agent";
import { unsealPortable } from "../../../platform/sealing";
import type { AgentConfig, StepFailure, StepOutput, StepRequest } from "../../../resources/agent";

/**
 * Calls the agent of a step whose plan holds its secrets sealed: keys are opened by whoever sends them,
 * the values of headers here, and neither goes back into the room.
 */
export async function* callSealedAgent(
  request: StepRequest,
  doors: Omit<Doors, "unseal">,
): AsyncGenerator<StepOutput, void> {
  const unseal = (text: string) => unsealPortable(doors.settings.SECRETS_KEY, text);
  const config = await withOpenHeaders(request.config, unseal);
  if (config) yield* callAgent({ ...request, config }, { ...doors, unseal });
  else yield unopened(request.config);
}

type Open = (text: string) => Promise<string | undefined>;

/** Undefined where a value cannot be opened. */
async function withOpenHeaders(config: AgentConfig, open: Open): Promise<AgentConfig | undefined> {
  const mcpServers: AgentConfig["mcpServers"] = {};
  for (const [name, { url, headers }] of Object.entries(config.mcpServers)) {
    const values = await openHeaders(headers, open);
    if (!values) return undefined;
    mcpServers[name] = { url, headers: values };
  }
  const { runtime } = config;
  if (runtime.runtime !== "http") return { ...config, mcpServers };
  const headers = await openHeaders(runtime.headers, open);
  return headers && { ...config, mcpServers, runtime: { ...runtime, headers } };
}

async function openHeaders(sealed: Record<string, string>, open: Open) {
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(sealed)) {
    const value = await open(text);
    if (value === undefined) return undefined;
    headers[name] = value;
  }
  return headers;
}

function unopened({ runtime }: AgentConfig): StepFailure {
  const code = runtime.runtime === "http" ? "agent_rejected" : "model_rejected";
  return { type: "failure", code, message: "A stored header cannot be opened.", retryable: false };
}
