import * as z from "zod";
import { reason } from "../content";
import { taskStatus } from "../task";

export const patchStatus = z.strictObject({ status: taskStatus, reason: reason.optional() });
export type PatchStatus = z.infer<typeof patchStatus>;
