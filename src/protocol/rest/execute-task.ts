import * as z from "zod";
import { clientMessageId, content } from "../content";
import { onBusy } from "../turn";

export const executeTask = z.strictObject({
  input: content.optional(),
  onBusy: onBusy.optional(),
  clientMessageId: clientMessageId.optional(),
});
export type ExecuteTask = z.infer<typeof executeTask>;
