import * as z from "zod";

export const taskLeave = z.strictObject({});
export type TaskLeave = z.infer<typeof taskLeave>;
