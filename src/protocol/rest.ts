import * as z from "zod";
import { clientMessageId, content, reason } from "./commands";
import { logEventType } from "./events";
import { role, userId } from "./identity";
import { messageId, notificationId, taskId } from "./ids";
import { metadata } from "./json";
import { LIMITS } from "./limits";
import { logEntry, logLevel } from "./log-entry";
import { messageRole } from "./message";
import { anyRef, namespace } from "./refs";
import { labels, taskStatus, title } from "./task";
import { anyTimestamp } from "./time";
import { onBusy, threadId, turnStatus } from "./turn";

export const putMember = z.strictObject({ userId, role });
export type PutMember = z.infer<typeof putMember>;

export const createTask = z.strictObject({
  title: title.optional(),
  teamRef: anyRef.optional(),
  prompt: content.optional(),
  labels: labels.optional(),
  metadata: metadata.optional(),
  members: z.array(z.strictObject({ userId, role })).max(LIMITS.members).optional(),
});
export type CreateTask = z.infer<typeof createTask>;

export const patchTask = z.strictObject({
  title: title.optional(),
  labels: labels.optional(),
  metadata: metadata.optional(),
});
export type PatchTask = z.infer<typeof patchTask>;

export const patchStatus = z.strictObject({ status: taskStatus, reason: reason.optional() });
export type PatchStatus = z.infer<typeof patchStatus>;

export const executeTask = z.strictObject({
  input: content.optional(),
  onBusy: onBusy.optional(),
  clientMessageId: clientMessageId.optional(),
});
export type ExecuteTask = z.infer<typeof executeTask>;

export const interruptTurn = z.strictObject({ reason: reason.optional() });

export const createSession = z.strictObject({ taskId });

/** Any text: one that is no token is `recovery_invalid`, like one that is not known. */
export const recoverSession = z.strictObject({ recoveryToken: z.string() });

export const retryTurn = z.strictObject({});
export const confirmTurn = z.strictObject({
  step: z.string().min(1).max(LIMITS.refChars),
  approve: z.boolean(),
  note: reason.optional(),
});
export type ConfirmTurn = z.infer<typeof confirmTurn>;
export const guideTurn = z.strictObject({ content });

export const idempotencyKey = z
  .string()
  .min(1)
  .max(LIMITS.clientKeyChars)
  .regex(/^[\x21-\x7e]+$/, { error: "visible ASCII characters only" });

/** Query values are text; each name may come more than once only where a list is meant. */
const limit = z
  .string()
  .regex(/^\d{1,6}$/, { error: "not a whole number" })
  .transform(Number)
  .pipe(z.int().min(1).max(LIMITS.pageItems))
  .default(LIMITS.defaultPageItems);
const cursor = z.string().min(1).max(512).optional();
const page = { limit, cursor };
export const listPage = z.strictObject(page);

const labelFilter = z.string().transform((text, context) => {
  const cut = text.indexOf("=");
  if (cut > 0) return { key: text.slice(0, cut), value: text.slice(cut + 1) };
  context.addIssue({ code: "custom", message: "not of the form key=value" });
  return z.NEVER;
});

export const listTasks = z.strictObject({
  ...page,
  status: z.array(taskStatus).max(LIMITS.filterValues).optional(),
  label: z.array(labelFilter).max(LIMITS.filterValues).optional(),
  team: anyRef.optional(),
  createdAfter: anyTimestamp.optional(),
  createdBefore: anyTimestamp.optional(),
  q: z.string().min(1).max(LIMITS.titleChars).optional(),
});
export type ListTasks = z.infer<typeof listTasks>;

export const listTurns = z.strictObject({ ...page, status: z.array(turnStatus).optional() });
export type ListTurns = z.infer<typeof listTurns>;

export const listResources = z.strictObject({ ...page, namespace: namespace.optional() });
export type ListResources = z.infer<typeof listResources>;

export const listSessions = z.strictObject(page);

/** A position in a task's log. */
const logPosition = z
  .string()
  .regex(/^\d{1,15}$/, { error: "not a whole number" })
  .transform(Number)
  .pipe(z.int().min(0));

/** The query of a room's upgrade: where to resume (contract section 4). */
export const joinRoom = z.strictObject({
  after: logPosition.optional(),
  epoch: z.string().min(1).max(64).optional(),
});

/** A page of the log, oldest first; or where an event stream goes on. */
export const listEvents = z.strictObject({
  ...page,
  after: logPosition.optional(),
  type: z.array(logEventType).max(LIMITS.filterValues).optional(),
});
export type ListEvents = z.infer<typeof listEvents>;

/** `Last-Event-ID` of an event stream: `<epoch>-<seq>`. */
export const lastEventId = z
  .string()
  .regex(/^[^-\s]{1,64}-\d{1,15}$/, { error: "not of the form <epoch>-<seq>" })
  .transform((text) => {
    const cut = text.lastIndexOf("-");
    return { epoch: text.slice(0, cut), after: Number(text.slice(cut + 1)) };
  });

export const listLogs = z.strictObject({
  ...page,
  level: z.array(logLevel).max(LIMITS.filterValues).optional(),
  agentType: z.array(z.string().min(1).max(63)).max(LIMITS.filterValues).optional(),
});
export type ListLogs = z.infer<typeof listLogs>;

/** A log entry with its place in the task's log. */
export const loggedEntry = logEntry.extend({ seq: z.int() });
export type LoggedEntry = z.infer<typeof loggedEntry>;

export const listMessages = z
  .strictObject({
    taskId: z.string(),
    ...page,
    threadId: threadId.optional(),
    role: z.array(messageRole).optional(),
    before: messageId.optional(),
    after: messageId.optional(),
  })
  .refine((value) => [value.before, value.after, value.cursor].filter(Boolean).length <= 1, {
    error: "only one of before, after and cursor",
    path: ["before"],
  });
export type ListMessages = z.infer<typeof listMessages>;

export const listNotifications = z.strictObject({
  ...page,
  unread: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .optional(),
});
export type ListNotifications = z.infer<typeof listNotifications>;

/** Ids that are not there (any more) are passed over: to acknowledge may be repeated. */
export const ackNotifications = z.union(
  [
    z.strictObject({ ids: z.array(notificationId).min(1).max(LIMITS.pageItems) }),
    z.strictObject({ upTo: notificationId }),
  ],
  {
    error: ({ input }) =>
      typeof input === "object" && input !== null && ("ids" in input || "upTo" in input)
        ? undefined
        : 'write {"ids": [notification ids]} or {"upTo": a notification id}',
  },
);
export type AckNotifications = z.infer<typeof ackNotifications>;

export const unreadCount = z.object({ unread: z.int() });
export type UnreadCount = z.infer<typeof unreadCount>;

/** Names that may be repeated in a query; any other repeated name is an error. */
export const REPEATABLE = ["status", "label", "type", "role", "level", "agentType"] as const;

export type Page<T> = { items: T[]; nextCursor: string | null };
