import * as z from "zod";

/** Starts this connection's events, from a position or from a snapshot. */
export const taskJoin = z.strictObject({
  after: z.int().min(0).optional(),
  epoch: z.string().max(64).optional(),
});
export type TaskJoin = z.infer<typeof taskJoin>;
