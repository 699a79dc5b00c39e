import * as z from "zod";
import { notificationId } from "../ids";
import { LIMITS } from "../limits";
import { page } from "./page";

export const listNotifications = z.strictObject({
  ...page,
  unread: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .optional(),
});
export type ListNotifications = z.infer<typeof listNotifications>;

/** Ids that are not there (any more) are passed over: to acknowledge may be repeated. */
export const ackNotifications = z.union(
  [
    z.strictObject({ ids: z.array(notificationId).min(1).max(LIMITS.pageItems) }),
    z.strictObject({ upTo: notificationId }),
  ],
  {
    error: ({ input }) =>
      typeof input === "object" && input !== null && ("ids" in input || "upTo" in input)
        ? undefined
        : 'write {"ids": [notification ids]} or {"upTo": a notification id}',
  },
);
export type AckNotifications = z.infer<typeof ackNotifications>;

export const unreadCount = z.object({ unread: z.int() });
export type UnreadCount = z.infer<typeof unreadCount>;
