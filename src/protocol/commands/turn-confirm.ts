import * as z from "zod";
import { reason, stepRef } from "../content";
import { turnId } from "../ids";

export const turnConfirm = z.strictObject({
  turnId,
  step: stepRef,
  approve: z.boolean(),
  note: reason.optional(),
});
export type TurnConfirm = z.infer<typeof turnConfirm>;
