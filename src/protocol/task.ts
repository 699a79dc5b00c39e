import * as z from "zod";
import { role, userId } from "./identity";
import { messageId, taskId, turnId } from "./ids";
import { jsonObject } from "./json";
import { LIMITS } from "./limits";
import { ref } from "./refs";
import { timestamp } from "./time";
import { waitingFor } from "./turn";

export const taskStatus = z.enum(["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"]);
export type TaskStatus = z.infer<typeof taskStatus>;

export const title = z.string().min(1).max(LIMITS.titleChars);

export const labels = z
  .record(z.string().min(1).max(LIMITS.labelKeyChars), z.string().max(LIMITS.labelValueChars))
  .refine((value) => Object.keys(value).length <= LIMITS.labels, {
    error: `more than ${LIMITS.labels} labels`,
  });

/** The creator's own name for a task. */
export const taskKey = z
  .string()
  .min(1)
  .max(LIMITS.taskKeyChars)
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, { error: "printable characters only" });

/** Compiled, as messages are. */
export const task = z.compile(
  z.object({
    id: taskId,
    title: z.string(),
    teamRef: ref,
    status: taskStatus,
    statusReason: z.string().optional(),
    labels: z.record(z.string(), z.string()),
    metadata: jsonObject,
    createdBy: userId,
    createdAt: timestamp,
    updatedAt: timestamp,
    startedAt: timestamp.optional(),
    endedAt: timestamp.optional(),
    /** Percent of the active turn's steps. */
    progress: z.int().min(0).max(100).optional(),
    activeTurnId: turnId.optional(),
    waitingFor: waitingFor.optional(),
    headSeq: z.int(),
    epoch: z.string(),
    /** The caller's role; put in for each reader, never stored. */
    role: role.optional(),
    /** Put in for the creator alone. */
    key: z.string().optional(),
    /** The task whose history it began with, and the last message of it. */
    forkedFrom: z.object({ taskId, messageId }).optional(),
    /** Left out of lists that do not ask for it, and erased a day after its last turn. */
    ephemeral: z.literal(true).optional(),
  }),
);
export type Task = z.infer<typeof task>;
