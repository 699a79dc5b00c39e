import { seal, unseal } from "../../platform/sealing";
import type { Settings } from "../../platform/settings";
import { refuse } from "../../protocol/errors";
import type { Issue } from "../../protocol/issues";
import type { Described, ResourceMetadata } from "../../resources/resource";
import { changeSecrets, identityOf, type StoredResource, secretsOf } from "../../resources/secrets";
import { MASK } from "../../resources/specs";
import { RefusedRequest } from "../problem";

type Kept = Record<string, string>;

/**
 * A resource as it is stored, its secrets sealed and masked. A mask, and a key that is left out,
 * stand for what `kept` has. Throws `invalid_request` for a mask of nothing, and `unavailable`
 * where there is a secret to store and no key to seal it with.
 */
export async function sealed(
  resource: Described & { metadata: ResourceMetadata },
  settings: Settings,
  kept: Kept = {},
): Promise<StoredResource> {
  const { metadata } = resource;
  const described = withLeftOut(resource, kept);
  const secrets: Record<string, string> = {};
  const identity = identityOf({ kind: described.kind, metadata });
  for (const [path, value] of Object.entries(secretsOf(described))) {
    secrets[path] =
      value === MASK
        ? await sealedAnew(keptAt(path, kept), identity, settings)
        : await sealedValue(value, identity, settings);
  }
  return { metadata, secrets, ...changeSecrets(described, () => MASK) };
}

/** Headers that are left out are gone; a key that is left out stays (contract section 8). */
function withLeftOut(resource: Described, kept: Kept): Described {
  const stays = (path: string) => kept[path] !== undefined;
  if (resource.kind === "Model" && stays("apiKey")) {
    const { kind, spec } = resource;
    return { kind, spec: { ...spec, apiKey: spec.apiKey ?? MASK } };
  }
  if (resource.kind === "Shell" && stays("secret")) {
    const { kind, spec } = resource;
    return { kind, spec: { ...spec, secret: spec.secret ?? MASK } };
  }
  return resource;
}

function keptAt(path: string, kept: Kept): string {
  const stored = Object.hasOwn(kept, path) ? kept[path] : undefined;
  if (stored !== undefined) return stored;
  const at = `spec.${path.replaceAll("/", ".")}`;
  const issues: Issue[] = [{ path: at, message: "there is no stored value to keep" }];
  throw new RefusedRequest(refuse("invalid_request", "The body is not valid", { issues }));
}

/** Under the newest key, so that old ones can be given up; as it is where it cannot be opened. */
async function sealedAnew(text: string, identity: string, settings: Settings): Promise<string> {
  const value = await unseal(settings.SECRETS_KEY, text, identity);
  return value === undefined ? text : sealedValue(value, identity, settings);
}

async function sealedValue(value: string, identity: string, { SECRETS_KEY }: Settings) {
  const [newest, ...older] = SECRETS_KEY;
  if (newest !== undefined) return seal([newest, ...older], value, identity);
  const message = "This deployment cannot store secrets: its setting SECRETS_KEY is not set";
  throw new RefusedRequest(refuse("unavailable", message));
}
