import * as z from "zod";
import { taskId } from "../ids";

export const createSession = z.strictObject({ taskId });

/** Any text: one that is no token is `recovery_invalid`, like one that is not known. */
export const recoverSession = z.strictObject({ recoveryToken: z.string() });
