import * as z from "zod";
import type { ModelServer } from "./model-server";
import type { WireUser } from "./wire-client";

const RETRY = { maxAttempts: 3, initialMs: 50, factor: 2, maxMs: 60_000, jitter: false };

/** The name of a team of one whose words come from this model server, on whatever server it plays. */
export async function modelTeam(user: WireUser, { url }: ModelServer): Promise<string> {
  const name = "scripted";
  const ref = `${user.name}/${name}`;
  const make = (kind: string, spec: object) =>
    user.ask(z.unknown(), "POST", `/${kind}`, { metadata: { name }, spec });
  await make("models", { provider: "openai-compatible", model: "m-1", baseUrl: url, apiKey: "k" });
  await make("bots", { ghostRef: "system/assistant", modelRef: ref });
  const member = { role: "assistant", botRef: ref, retry: RETRY };
  await make("teams", { collaboration: "solo", members: [member] });
  return ref;
}
