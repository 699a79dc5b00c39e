import * as z from "zod";
import { content, reason, stepRef } from "../content";

/** Bodies of what is done to one turn. */
export const interruptTurn = z.strictObject({ reason: reason.optional() });
export const retryTurn = z.strictObject({});
export const guideTurn = z.strictObject({ content });
export const confirmTurn = z.strictObject({
  step: stepRef,
  approve: z.boolean(),
  note: reason.optional(),
});
export type ConfirmTurn = z.infer<typeof confirmTurn>;
