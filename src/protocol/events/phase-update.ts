import * as z from "zod";
import { turnId } from "../ids";

export const phaseProgress = z.object({
  turnId,
  step: z.string(),
  phase: z.string(),
  attempt: z.int(),
  percentComplete: z.int().min(0).max(100),
  message: z.string().optional(),
});
export type PhaseProgress = z.infer<typeof phaseProgress>;
