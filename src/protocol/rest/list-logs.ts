import * as z from "zod";
import { LIMITS } from "../limits";
import { logEntry, logLevel } from "../log-entry";
import { page } from "./page";

export const listLogs = z.strictObject({
  ...page,
  level: z.array(logLevel).max(LIMITS.filterValues).optional(),
  agentType: z.array(z.string().min(1).max(63)).max(LIMITS.filterValues).optional(),
});
export type ListLogs = z.infer<typeof listLogs>;

/** A log entry with its place in the task's log. */
export const loggedEntry = logEntry.extend({ seq: z.int() });
export type LoggedEntry = z.infer<typeof loggedEntry>;
