import { portable } from "../platform/sealing";
import type { Resource } from "./resource";
import { changeSecrets, identityOf, type StoredResource } from "./secrets";

/** A stored resource as agents take it: keys and headers stay sealed, and say what they belong to. */
export function sealedResource(stored: StoredResource): Resource {
  const { metadata, secrets } = stored;
  const identity = identityOf(stored);
  const carried = changeSecrets(stored, (path) => portable(secrets[path] ?? "", identity));
  switch (carried.kind) {
    case "Model": {
      const { apiKey, ...spec } = carried.spec;
      return { kind: "Model", metadata, spec, ...keyOf(apiKey) };
    }
    case "Shell": {
      const { secret, ...spec } = carried.spec;
      return { kind: "Shell", metadata, spec, ...keyOf(secret) };
    }
    default:
      return { ...carried, metadata };
  }
}

function keyOf(sealed: string | undefined) {
  return sealed === undefined ? {} : { key: { from: "sealed" as const, sealed } };
}
