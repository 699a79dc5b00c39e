import { unseal } from "../../platform/sealing";
import type { Settings } from "../../platform/settings";
import type { Resource, ShownResource } from "../../resources/resource";
import {
  changeSecrets,
  identityOf,
  isWriteOnly,
  type StoredResource,
} from "../../resources/secrets";
import { MASK } from "../../resources/specs";

/** A stored resource for those who may only read it: every secret is masked. */
export function masked({ secrets, ...resource }: StoredResource): ShownResource {
  return resource;
}

/** A stored resource for those who may write it: they see the values of headers, but no key. */
export async function opened(
  resource: StoredResource,
  { SECRETS_KEY: keys }: Settings,
): Promise<ShownResource> {
  const identity = identityOf(resource);
  const sealed = Object.entries(resource.secrets).filter(
    ([path]) => !isWriteOnly(resource.kind, path),
  );
  const values = new Map<string, string | undefined>();
  for (const [path, text] of sealed) values.set(path, await unseal(keys, text, identity));
  const { metadata } = resource;
  return { metadata, ...changeSecrets(resource, (path) => values.get(path) ?? MASK) };
}

/** What ships. Where the operator's own model is stays the operator's to know. */
export function shownShipped({ key, ...resource }: Resource & { key?: unknown }): ShownResource {
  if (resource.kind !== "Model" || !key) return resource;
  const { baseUrl, ...spec } = resource.spec;
  return { ...resource, spec: { ...spec, apiKey: MASK } };
}
