import * as z from "zod";
import { failure } from "../errors";
import { turnId } from "../ids";
import { stepResult } from "../turn";

/** What every `phase:` event of the log says. */
export const phaseData = z.object({
  turnId,
  step: z.string(),
  phase: z.string(),
  attempt: z.int(),
  run: z.int(),
  result: stepResult.optional(),
  error: failure.optional(),
  retryInMs: z.int().optional(),
});
export type PhaseData = z.infer<typeof phaseData>;
