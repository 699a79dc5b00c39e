import * as z from "zod";
import { failureCode, failureDetails } from "../protocol/errors";
import type { ResourceOf } from "./resource";

/** What came of asking a model, or a server of tools, once. */
export const trial = z.object({
  ok: z.boolean(),
  /** What there was, or what was wrong, in words that are ours. */
  message: z.string(),
  durationMs: z.int(),
  code: failureCode.optional(),
  ...failureDetails.shape,
  /** Names of the tools that a server offers, as models are told of them. */
  tools: z.array(z.string()).optional(),
});
export type Trial = z.infer<typeof trial>;

/** Which of a ghost's servers of tools is asked. */
export const tryServer = z.strictObject({ server: z.string().min(1).max(63) });

/** How a resource as it is stored is tried, secrets and all; what is wrong with it is in the answer. */
export type Trials<Doors> = {
  model(doors: Doors, model: ResourceOf<"Model">): Promise<Trial>;
  /** `undefined` where the ghost has no server of that name. */
  server(doors: Doors, ghost: ResourceOf<"Ghost">, name: string): Promise<Trial | undefined>;
};
