import * as z from "zod";
import { userId } from "../identity";
import { taskId } from "../ids";

const listCursor = z.string().min(1).max(2048).optional();
/** Of one request: each may be a thousand messages. */
const AT_ONCE = 20;

/** `POST /history/reproject`: rooms by their tasks, or by the ids of their objects as the platform lists them. */
export const reproject = z.strictObject({
  taskIds: z.array(taskId).max(AT_ONCE).default([]),
  objectIds: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, { error: "not an object's id" }))
    .max(AT_ONCE)
    .default([]),
});
export type Reproject = z.infer<typeof reproject>;

/** What a room has written again of its task. */
export const rewritten = z.object({
  taskId,
  members: z.array(userId),
  messages: z.int(),
  /** Where the room has let go of older messages: the database alone can have those before this `seq`. */
  databaseOnly: z
    .object({
      beforeSeq: z.int(),
      /** How many the database has of them. */
      stored: z.int(),
    })
    .optional(),
});
export type Rewritten = z.infer<typeof rewritten>;

export const reprojected = z.object({
  rewritten: z.array(rewritten),
  /** Rooms without a task: never made, or erased. */
  empty: z.array(z.string()),
  /** Rooms that did not answer, or whose database did not: to be asked once more. */
  unreachable: z.array(z.string()),
});
export type Reprojected = z.infer<typeof reprojected>;

/** `GET /history/tasks`: what a user's home lists, or what the databases know. */
export const listKnown = z.strictObject({ userId: userId.optional(), cursor: listCursor });
export type ListKnown = z.infer<typeof listKnown>;

/** Tasks, and users whose homes may list others. */
export const knownPage = z.object({
  taskIds: z.array(z.string()),
  userIds: z.array(z.string()),
  nextCursor: z.string().nullable(),
});
export type KnownPage = z.infer<typeof knownPage>;
