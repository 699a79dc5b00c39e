import * as z from "zod";
import { reason, stepRef } from "../content";
import { turnId } from "../ids";
import { LIMITS } from "../limits";
import { answeredPlace } from "../tools/tool-use";

export const turnConfirm = z.strictObject({
  turnId,
  step: stepRef,
  approve: z.boolean(),
  note: reason.optional(),
  /** A call of the step that waits for approval; without it the step itself is meant. */
  toolCallId: z.string().min(1).max(LIMITS.toolNameChars).optional(),
  ...answeredPlace,
});
export type TurnConfirm = z.infer<typeof turnConfirm>;
