import * as z from "zod";
import { reason } from "../content";
import { turnId } from "../ids";

/** Without a turn it stops the active one. */
export const chatCancel = z.strictObject({ turnId: turnId.optional(), reason: reason.optional() });
export type ChatCancel = z.infer<typeof chatCancel>;
