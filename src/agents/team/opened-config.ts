import type { AgentConfig } from "../../resources/agent";
import type { Unseal } from "./sealed-key";

/**
 * A plan's config with the values of its headers opened: keys are opened by whoever sends them, these
 * here, and neither goes back into the room. Undefined where a value cannot be opened.
 */
export async function openedConfig(
  config: AgentConfig,
  unseal: Unseal,
): Promise<AgentConfig | undefined> {
  const mcpServers: AgentConfig["mcpServers"] = {};
  for (const [name, { headers, ...server }] of Object.entries(config.mcpServers)) {
    const values = await openedHeaders(headers, unseal);
    if (!values) return undefined;
    mcpServers[name] = { ...server, headers: values };
  }
  const { runtime, model } = config;
  const ofModel = await openedHeaders(model.headers ?? {}, unseal);
  if (!ofModel) return undefined;
  const open = { ...config, mcpServers, model: { ...model, headers: ofModel } };
  if (!("headers" in runtime)) return open;
  const headers = await openedHeaders(runtime.headers, unseal);
  return headers && { ...open, runtime: { ...runtime, headers } };
}

/** Headers with their values; undefined where one cannot be opened. */
export async function openedHeaders(
  sealed: Record<string, string>,
  unseal: Unseal | undefined,
): Promise<Record<string, string> | undefined> {
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(sealed)) {
    const value = await unseal?.(text);
    if (value === undefined) return undefined;
    headers[name] = value;
  }
  return headers;
}
