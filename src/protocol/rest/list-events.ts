import * as z from "zod";
import { logEventType } from "../events";
import { LIMITS } from "../limits";
import { logPosition } from "./log-position";
import { page } from "./page";

/** A page of the log, oldest first; or where an event stream goes on. */
export const listEvents = z.strictObject({
  ...page,
  after: logPosition.optional(),
  type: z.array(logEventType).max(LIMITS.filterValues).optional(),
});
export type ListEvents = z.infer<typeof listEvents>;
