import * as z from "zod";
import { LIMITS } from "../protocol/limits";
import { namespace, resourceName } from "../protocol/refs";
import { labels } from "../protocol/task";
import type { Described, ResourceKind } from "./resource";
import { botSpec, ghostSpec, modelSpec, shellSpec, teamSpec } from "./specs";

const described = {
  displayName: z.string().min(1).max(LIMITS.titleChars).optional(),
  labels: labels.optional(),
};

const newMetadata = z.strictObject({
  name: resourceName,
  namespace: namespace.optional(),
  ...described,
});
export type NewMetadata = z.infer<typeof newMetadata>;
export type CreateResource = Described & { metadata: NewMetadata };

// What was read may be sent back with a changed spec, so what only the service sets is ignored.
const nextMetadata = z.strictObject({
  name: resourceName.optional(),
  namespace: namespace.optional(),
  ...described,
  /** Refuses the replacement unless it is still the stored one. */
  resourceVersion: z.string().min(1).max(64).optional(),
  createdAt: z.string().optional(),
  updatedAt: z.string().optional(),
});
export type NextMetadata = z.infer<typeof nextMetadata>;
export type ReplaceResource = Described & { metadata: NextMetadata };

function body<Kind extends ResourceKind, Meta extends z.ZodType, Spec extends z.ZodType>(
  kind: Kind,
  metadata: Meta,
  spec: Spec,
) {
  return z.strictObject({ kind: z.literal(kind).default(() => kind), metadata, spec });
}

/** Bodies of `POST`, by kind. */
export const createResource: Record<ResourceKind, z.ZodType<CreateResource>> = {
  Ghost: body("Ghost", newMetadata, ghostSpec),
  Model: body("Model", newMetadata, modelSpec),
  Shell: body("Shell", newMetadata, shellSpec),
  Bot: body("Bot", newMetadata, botSpec),
  Team: body("Team", newMetadata, teamSpec),
};

const next = nextMetadata.default({});

/** Bodies of `PUT`, by kind. */
export const replaceResource: Record<ResourceKind, z.ZodType<ReplaceResource>> = {
  Ghost: body("Ghost", next, ghostSpec),
  Model: body("Model", next, modelSpec),
  Shell: body("Shell", next, shellSpec),
  Bot: body("Bot", next, botSpec),
  Team: body("Team", next, teamSpec),
};
