import * as z from "zod";
import { messageId } from "../ids";
import { LIMITS } from "../limits";
import { message } from "../message";

export const historySync = z
  .strictObject({
    before: messageId.optional(),
    after: messageId.optional(),
    /** Whether those are among them that were superseded. */
    superseded: z.boolean().optional(),
    limit: z.int().min(1).max(LIMITS.pageItems).optional(),
  })
  .refine((value) => !(value.before && value.after), {
    error: "either before or after, not both",
    path: ["before"],
  });
export type HistorySync = z.infer<typeof historySync>;

/** What its ack says. */
export const historyPage = z.object({
  messages: z.array(message),
  hasMore: z.boolean(),
  headSeq: z.int(),
});
export type HistoryPage = z.infer<typeof historyPage>;
