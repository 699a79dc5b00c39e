import * as z from "zod";
import { namespace, type Ref, resourceName } from "../protocol/refs";
import { timestamp } from "../protocol/time";
import type { KeySource } from "./agent";
import {
  type BotSpec,
  botSpec,
  type GhostSpec,
  ghostSpec,
  type ModelSpec,
  modelSpec,
  type ShellSpec,
  shellSpec,
  type TeamSpec,
  teamSpec,
} from "./specs";

/** What every user may read and an admin may write. */
export const SYSTEM_NAMESPACE = "system";

/** The REST collections of contract section 8. */
export const COLLECTIONS = [
  { path: "ghosts", kind: "Ghost" },
  { path: "models", kind: "Model" },
  { path: "shells", kind: "Shell" },
  { path: "bots", kind: "Bot" },
  { path: "teams", kind: "Team" },
] as const;
export type ResourceCollection = (typeof COLLECTIONS)[number];

export const resourceKind = z.enum(["Ghost", "Model", "Shell", "Bot", "Team"]);
export type ResourceKind = z.infer<typeof resourceKind>;

export type ResourceId = { kind: ResourceKind; namespace: string; name: string };

/** `Kind/namespace/name`: how versions, referrers and sealed secrets name a resource. */
export function idText({ kind, namespace, name }: ResourceId): string {
  return `${kind}/${namespace}/${name}`;
}

export const resourceMetadata = z.object({
  name: resourceName,
  namespace,
  displayName: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  /** Opaque to callers; differs after every change, also after a deletion and another creation. */
  resourceVersion: z.string(),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type ResourceMetadata = z.infer<typeof resourceMetadata>;

type Specs = {
  Ghost: GhostSpec;
  Model: ModelSpec;
  Shell: ShellSpec;
  Bot: BotSpec;
  Team: TeamSpec;
};

/** A kind and a spec that belong together. */
export type Described = { [Kind in ResourceKind]: { kind: Kind; spec: Specs[Kind] } }[ResourceKind];

function shownAs<Kind extends ResourceKind, Spec extends z.ZodType>(kind: Kind, spec: Spec) {
  return z.object({ kind: z.literal(kind), metadata: resourceMetadata, spec });
}

/** A resource as REST shows it: secrets are masked. */
export const shownResource = z.discriminatedUnion("kind", [
  shownAs("Ghost", ghostSpec),
  shownAs("Model", modelSpec),
  shownAs("Shell", shellSpec),
  shownAs("Bot", botSpec),
  shownAs("Team", teamSpec),
]);
export type ShownResource = Described & { metadata: ResourceMetadata };

/** For agents a spec's key is kept beside it, so that whatever shows a spec cannot show the key. */
type Contents = {
  Ghost: { spec: GhostSpec };
  Model: { spec: Omit<ModelSpec, "apiKey">; key?: KeySource };
  Shell: { spec: Omit<ShellSpec, "secret">; key?: KeySource };
  Bot: { spec: BotSpec };
  Team: { spec: TeamSpec };
};

export type ResourceOf<Kind extends ResourceKind> = {
  kind: Kind;
  metadata: ResourceMetadata;
} & Contents[Kind];

export type Resource = { [Kind in ResourceKind]: ResourceOf<Kind> }[ResourceKind];

/** Finds what the caller may see; `undefined` stands for both "does not exist" and "not yours". */
export type Find = <Kind extends ResourceKind>(
  kind: Kind,
  ref: Ref,
) => Promise<ResourceOf<Kind> | undefined>;
