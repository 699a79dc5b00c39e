import * as z from "zod";
import { clientMessageId } from "../content";
import { saysSomethingIn, words } from "../files/words";
import { metadata } from "../json";
import { LIMITS } from "../limits";
import { clientTools } from "../tools/tool-use";
import { onBusy } from "../turn";

export const executeTask = z
  .strictObject({
    input: z.string().max(LIMITS.contentUnits).optional(),
    attachments: words.attachments,
    onBusy: onBusy.optional(),
    clientMessageId: clientMessageId.optional(),
    clientTools: clientTools.optional(),
    /** Kept with the message and its turn. */
    metadata: metadata.optional(),
  })
  .superRefine(saysSomethingIn("input"));
export type ExecuteTask = z.infer<typeof executeTask>;
