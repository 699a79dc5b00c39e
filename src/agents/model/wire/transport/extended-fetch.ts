import type { ModelConfig } from "../../../../resources/agent";
import { isFields, jsonOf } from "../json";

/** Requests with what a Model adds to their address and to their JSON. */
export function extendedFetch(
  carry: typeof fetch,
  { query, extraBody }: Pick<ModelConfig, "query" | "extraBody">,
): typeof fetch {
  if (!query && !extraBody) return carry;
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const body = typeof init?.body === "string" ? jsonOf(init.body) : undefined;
    const more = isFields(body) ? { body: JSON.stringify({ ...body, ...extraBody }) } : {};
    return carry(url, { ...init, ...more });
  };
}
