import type { KeySource } from "../protocol/agent";
import type { Ref } from "../protocol/refs";
import type { BotSpec, GhostSpec, ModelSpec, ShellSpec, TeamSpec } from "../protocol/resources";

export type ResourceMetadata = {
  name: string;
  namespace: string;
  displayName?: string;
  labels?: Record<string, string>;
  resourceVersion: string;
  createdAt: string;
  updatedAt: string;
};

/** A spec's secret is kept beside it, so that whatever shows a spec cannot show the secret. */
type Contents = {
  Ghost: { spec: GhostSpec };
  Model: { spec: Omit<ModelSpec, "apiKey">; key?: KeySource };
  Shell: { spec: Omit<ShellSpec, "secret">; key?: KeySource };
  Bot: { spec: BotSpec };
  Team: { spec: TeamSpec };
};

export type ResourceKind = keyof Contents;

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
