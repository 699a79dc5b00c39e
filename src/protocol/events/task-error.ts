import * as z from "zod";
import { failureCode, failureDetails } from "../errors";
import { turnId } from "../ids";

/** A turn or phase failed for good. */
export const taskError = z.object({
  turnId: turnId.optional(),
  phase: z.string().optional(),
  code: failureCode,
  message: z.string(),
  ...failureDetails.shape,
});
export type TaskError = z.infer<typeof taskError>;
