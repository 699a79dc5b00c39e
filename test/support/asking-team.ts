import * as z from "zod";
import type { McpServer } from "./mcp-server";
import type { ModelServer } from "./model-server";
import type { WireUser } from "./wire-client";

const RETRY = { maxAttempts: 2, initialMs: 20, factor: 1, maxMs: 20, jitter: false };

/** A team of one whose words come from this model, and whose tools a person has to allow; its reference. */
export async function askingTeam(
  user: WireUser,
  model: ModelServer,
  tools: McpServer,
): Promise<string> {
  const name = `asking-${crypto.randomUUID().slice(0, 8)}`;
  const ref = `${user.name}/${name}`;
  const make = (kind: string, spec: object) =>
    user.ask(z.unknown(), "POST", `/${kind}`, { metadata: { name }, spec });
  const provider = { provider: "openai-compatible", model: "m-1", apiKey: "k" };
  await make("models", { ...provider, baseUrl: model.url });
  const mcpServers = { outside: { url: tools.url, approval: "always" } };
  await make("ghosts", { systemPrompt: "Answer.", mcpServers });
  await make("bots", { ghostRef: ref, modelRef: ref });
  const member = { role: "assistant", botRef: ref, retry: RETRY };
  await make("teams", { collaboration: "solo", members: [member] });
  return ref;
}
