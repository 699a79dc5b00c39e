import { type Described, idText, type ResourceKind, type ResourceMetadata } from "./resource";
import type { GhostSpec } from "./specs";

/** A resource as it is stored: its spec has masks where `secrets` has the sealed values, by path. */
export type StoredResource = Described & {
  metadata: ResourceMetadata;
  secrets: Record<string, string>;
};

/** What a resource's secrets are sealed for. */
export function identityOf({ kind, metadata }: Pick<StoredResource, "kind" | "metadata">): string {
  return idText({ kind, namespace: metadata.namespace, name: metadata.name });
}

/** Keys are read back by nobody, nor is what a model is sent; other headers' values by whoever may write them. */
export function isWriteOnly(kind: ResourceKind, path: string): boolean {
  return kind === "Model" || path === "secret";
}

type Change = (path: string, value: string) => string;

/**
 * A kind and its spec with every secret, keys and values of headers, put through `change`. Nothing
 * else of what was given is in the result.
 */
export function changeSecrets(resource: Described, change: Change): Described {
  switch (resource.kind) {
    case "Ghost": {
      const { mcpServers, ...spec } = resource.spec;
      const changed = mcpServers && { mcpServers: changeServers(mcpServers, change) };
      return { kind: "Ghost", spec: { ...spec, ...changed } };
    }
    case "Model": {
      const { apiKey, headers, ...spec } = resource.spec;
      const changed = {
        ...(headers && { headers: changeHeaders("headers", headers, change) }),
        ...(apiKey !== undefined && { apiKey: change("apiKey", apiKey) }),
      };
      return { kind: "Model", spec: { ...spec, ...changed } };
    }
    case "Shell": {
      const { secret, headers, ...spec } = resource.spec;
      const changed = {
        ...(headers && { headers: changeHeaders("headers", headers, change) }),
        ...(secret !== undefined && { secret: change("secret", secret) }),
      };
      return { kind: "Shell", spec: { ...spec, ...changed } };
    }
    case "Bot":
      return { kind: "Bot", spec: resource.spec };
    case "Team":
      return { kind: "Team", spec: resource.spec };
  }
}

/** The secrets of a spec, by path. */
export function secretsOf(resource: Described): Record<string, string> {
  const found: Record<string, string> = {};
  changeSecrets(resource, (path, value) => {
    found[path] = value;
    return value;
  });
  return found;
}

type Servers = NonNullable<GhostSpec["mcpServers"]>;

function changeServers(servers: Servers, change: Change): Servers {
  return mapped(servers, (server, { headers, ...rest }) =>
    headers ? { ...rest, headers: changeHeaders(`mcpServers/${server}`, headers, change) } : rest,
  );
}

// No header's name holds a "/", so no two paths are alike.
function changeHeaders(path: string, headers: Record<string, string>, change: Change) {
  return mapped(headers, (name, value) => change(`${path}/${name}`, value));
}

function mapped<T>(record: Record<string, T>, map: (key: string, value: T) => T) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(key, value)]));
}
