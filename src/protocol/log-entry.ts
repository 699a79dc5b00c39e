import * as z from "zod";
import { jsonObject } from "./json";
import { timestamp } from "./time";

export const logLevel = z.enum(["info", "warn", "error", "success"]);
export type LogLevel = z.infer<typeof logLevel>;

/** One entry of a task's log (contract section 4, `log`). */
export const logEntry = z.object({
  timestamp,
  /** The role of whose work it is of. */
  agentType: z.string(),
  level: logLevel,
  message: z.string(),
  metadata: jsonObject.optional(),
});
export type LogEntry = z.infer<typeof logEntry>;
