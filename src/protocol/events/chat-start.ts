import * as z from "zod";
import { writing } from "./writing";

/** Why an attempt follows: the step's first, or what ended the one before it. */
export const attemptReason = z.enum([
  "first",
  "retry",
  "restart",
  "fallback",
  "rollback",
  "resumed",
]);
export type AttemptReason = z.infer<typeof attemptReason>;

/** An attempt begins to write. */
export const chatStart = z.object({
  ...writing,
  step: z.string(),
  bot: z.string(),
  model: z.string(),
  reason: attemptReason.optional(),
  /** Where an earlier attempt's rounds are gone on from: the length of their text, UTF-16 units. */
  offset: z.int().min(0).optional(),
});
export type ChatStart = z.infer<typeof chatStart>;
