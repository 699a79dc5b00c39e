import * as z from "zod";
import { clientMessageId, content } from "../content";
import { metadata } from "../json";
import { clientTools } from "../tools/tool-use";
import { onBusy } from "../turn";

export const executeTask = z.strictObject({
  input: content.optional(),
  onBusy: onBusy.optional(),
  clientMessageId: clientMessageId.optional(),
  clientTools: clientTools.optional(),
  /** Kept with the message and its turn. */
  metadata: metadata.optional(),
});
export type ExecuteTask = z.infer<typeof executeTask>;
