import * as z from "zod";
import { toolOutput } from "../commands/tool-output";
import { turnConfirm } from "../commands/turn-confirm";
import { content, reason } from "../content";

/** Bodies of what is done to one turn. */
export const interruptTurn = z.strictObject({ reason: reason.optional() });
export const retryTurn = z.strictObject({});
export const regenerateTurn = z.strictObject({});
export const guideTurn = z.strictObject({ content });
export const confirmTurn = turnConfirm.omit({ turnId: true });
export const giveOutput = toolOutput.omit({ turnId: true });
export type GiveOutput = z.infer<typeof giveOutput>;
export type ConfirmTurn = z.infer<typeof confirmTurn>;
