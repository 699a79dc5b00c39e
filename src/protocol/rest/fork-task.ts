import * as z from "zod";
import { messageId } from "../ids";
import { taskKey, title } from "../task";

export const forkTask = z.strictObject({
  /** The last message that the new task has; without it all that is finished. */
  atMessageId: messageId.optional(),
  title: title.optional(),
  key: taskKey.optional(),
});
export type ForkTask = z.infer<typeof forkTask>;
