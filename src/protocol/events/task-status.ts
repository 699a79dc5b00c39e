import * as z from "zod";
import { taskStatus } from "../task";

export const taskStatusChange = z.object({
  status: taskStatus,
  previous: taskStatus,
  reason: z.string().optional(),
  /** A user's id, or `system`. */
  actor: z.string(),
});
export type TaskStatusChange = z.infer<typeof taskStatusChange>;
