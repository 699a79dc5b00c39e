import * as z from "zod";
import { keptOnBusy, onBusy } from "../protocol/turn";
import { agentConfig } from "./agent";
import { contextRule, retryRule } from "./specs";

/** A team's member with every default filled in and its references resolved. */
export const memberPlan = z.object({
  /** Stable id of the step. */
  step: z.string(),
  role: z.string(),
  agent: agentConfig,
  prompt: z.string().optional(),
  timeoutMs: z.int().optional(),
  retry: retryRule,
  onFailure: z.union([
    z.enum(["abort", "continue"]),
    z.object({ fallback: agentConfig }),
    z.object({ rollbackTo: z.string() }),
  ]),
  critical: z.boolean(),
  requireConfirmation: z.boolean(),
  context: contextRule,
});
export type MemberPlan = z.infer<typeof memberPlan>;

/** A Team as the engine runs it; a running turn keeps the plan that it started with. */
export const teamPlan = z.object({
  team: z.string(),
  /** The team's `resourceVersion` at resolution; those of the rest are in each agent. */
  version: z.string().optional(),
  collaboration: z.enum(["solo", "pipeline"]),
  onBusy: keptOnBusy,
  /** What a message does while a turn is open, where the release before knows no word for it. */
  laterOnBusy: onBusy.optional(),
  /** Limit of a whole turn, without the time that it waits for a person. */
  timeoutMs: z.int(),
  /**
   * The limit is the team's own or, for a chat turn, the deployment's: it holds however long the phases
   * may take by their rules, and however late an alarm comes.
   */
  isCapped: z.boolean().optional(),
  errorBudget: z.int().optional(),
  tokenLimit: z.int().optional(),
  maxRounds: z.int().optional(),
  members: z.array(memberPlan).min(1),
});
export type TeamPlan = z.infer<typeof teamPlan>;
