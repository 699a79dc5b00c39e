import * as z from "zod";
import { clientMessageId, content } from "../content";
import { clientTools } from "../tools/tool-use";
import { onBusy } from "../turn";

export const executeTask = z.strictObject({
  input: content.optional(),
  onBusy: onBusy.optional(),
  clientMessageId: clientMessageId.optional(),
  clientTools: clientTools.optional(),
});
export type ExecuteTask = z.infer<typeof executeTask>;
