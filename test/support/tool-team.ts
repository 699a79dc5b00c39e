import * as z from "zod";
import type { ModelServer } from "./model-server";
import type { WireUser } from "./wire-client";

/** The name of a team of one whose words come from this model server, and that has these tool servers. */
export async function toolTeam(
  user: WireUser,
  { url }: Pick<ModelServer, "url">,
  mcpServers: Record<string, object>,
): Promise<string> {
  const name = "tooled";
  const ref = `${user.name}/${name}`;
  const make = (kind: string, spec: object) =>
    user.ask(z.unknown(), "POST", `/${kind}`, { metadata: { name }, spec });
  await make("models", { provider: "openai-compatible", model: "m-1", baseUrl: url, apiKey: "k" });
  await make("ghosts", { systemPrompt: "You sell.", mcpServers });
  await make("bots", { ghostRef: ref, modelRef: ref });
  await make("teams", { collaboration: "solo", members: [{ role: "seller", botRef: ref }] });
  return ref;
}
