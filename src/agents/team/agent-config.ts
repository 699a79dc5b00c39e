import { type Ref, refText } from "../../protocol/refs";
import type { AgentConfig, ModelConfig, RuntimeConfig } from "../../resources/agent";
import type { Find, ResourceKind, ResourceOf } from "../../resources/resource";
import { NEEDED_FIELDS } from "../../resources/runtimes";
import type { BotSpec } from "../../resources/specs";
import { given } from "../model/given";

const DEFAULT_MODEL: Ref = { namespace: "system", name: "default" };
const DEFAULT_SHELL: Ref = { namespace: "system", name: "chat" };
/** Tokens of a model whose window nobody named: what a model of the day has at least. */
const CONTEXT_WINDOW = 32_000;

/** Something that was referred to cannot be used; the message is for the user. */
export class Unresolved extends Error {}

export async function need<Kind extends ResourceKind>(
  find: Find,
  kind: Kind,
  ref: Ref,
): Promise<ResourceOf<Kind>> {
  const found = await find(kind, ref);
  if (!found) throw new Unresolved(`there is no ${kind} ${refText(ref)}`);
  return found;
}

/** A Bot and all that it refers to (requirement A2). Throws `Unresolved`. */
export async function agentOf(botRef: Ref, find: Find): Promise<AgentConfig> {
  const bot = await need(find, "Bot", botRef);
  const { ghostRef, modelRef, shellRef, parameters } = bot.spec;
  const [ghost, model, shell] = await Promise.all([
    need(find, "Ghost", ghostRef),
    need(find, "Model", modelRef ?? DEFAULT_MODEL),
    need(find, "Shell", shellRef ?? DEFAULT_SHELL),
  ]);
  return {
    bot: refText(botRef),
    systemPrompt: ghost.spec.systemPrompt,
    mcpServers: serversOf(ghost),
    model: modelConfig(model, parameters),
    runtime: runtimeConfig(shell),
    versions: Object.fromEntries([bot, ghost, model, shell].map(version)),
  };
}

/** A ghost's servers of tools; the values of their headers are as the resource has them. */
export function serversOf({ spec }: ResourceOf<"Ghost">): AgentConfig["mcpServers"] {
  const servers = Object.entries(spec.mcpServers ?? {});
  return Object.fromEntries(
    servers.map(([name, { headers, ...server }]) => [
      name,
      { ...given(server), url: server.url, headers: headers ?? {} },
    ]),
  );
}

function version({ kind, metadata }: ResourceOf<ResourceKind>): [string, string] {
  return [`${kind}/${refText(metadata)}`, metadata.resourceVersion];
}

/** A model with the parameters of whoever uses it. */
export function modelConfig(
  { metadata, spec, key }: ResourceOf<"Model">,
  parameters: BotSpec["parameters"],
): ModelConfig {
  return {
    ref: refText(metadata),
    provider: spec.provider,
    model: spec.model,
    ...given({ ...callFields(spec), baseUrl: spec.baseUrl, headers: spec.headers, key }),
    ...given({ prices: spec.prices }),
    parameters: { ...given(spec.parameters ?? {}), ...given(parameters ?? {}) },
    contextWindow: spec.contextWindow ?? CONTEXT_WINDOW,
  };
}

function callFields(spec: ResourceOf<"Model">["spec"]) {
  const { limits, query, extraBody, tokenLimitField, streamUsage, thinkTags, input } = spec;
  return { limits, query, extraBody, tokenLimitField, streamUsage, thinkTags, input };
}

function runtimeConfig({ metadata, spec, key }: ResourceOf<"Shell">): RuntimeConfig {
  const { runtime, url, headers, agent } = spec;
  const needed = NEEDED_FIELDS[runtime];
  if (needed && !spec[needed])
    throw new Unresolved(`the Shell ${refText(metadata)} has no ${needed}`);
  switch (runtime) {
    case "chat":
      return { runtime };
    case "http":
      return { runtime, url: url ?? "", headers: headers ?? {}, ...given({ secret: key }) };
    case "a2a":
      return { runtime, url: url ?? "", headers: headers ?? {} };
    case "code":
      return { runtime, agent: agent ?? "" };
  }
}
