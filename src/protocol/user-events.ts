import * as z from "zod";
import { role } from "./identity";
import { notificationId, taskId, turnId } from "./ids";
import { jsonObject } from "./json";
import { task, taskStatus } from "./task";
import { timestamp } from "./time";
import { waitingFor } from "./turn";

/** What a notification is about. */
export const notificationKind = z.enum([
  "task_completed",
  "task_failed",
  "turn_waiting",
  "task_shared",
  /** An agent's own (`notify`). */
  "agent",
  "webhook_paused",
]);
export type NotificationKind = z.infer<typeof notificationKind>;

export const notification = z.object({
  id: notificationId,
  kind: notificationKind,
  title: z.string(),
  body: z.string().optional(),
  data: jsonObject.optional(),
  taskId: taskId.optional(),
  createdAt: timestamp,
});
export type Notification = z.infer<typeof notification>;

/** As lists give it. */
export const keptNotification = notification.extend({ acknowledgedAt: timestamp.optional() });
export type KeptNotification = z.infer<typeof keptNotification>;

/** What an agent asks to be told, as the task's log holds it in `metadata.notification`. */
export const agentNotice = z.object({
  title: z.string(),
  body: z.string().optional(),
  data: jsonObject.optional(),
});

/** The user's log: committed before a device hears of it, numbered without gaps. */
export const USER_EVENTS = {
  "task:created": z.object({ task }),
  "task:status": z.object({ taskId, status: taskStatus, previous: taskStatus }),
  "task:deleted": z.object({ taskId }),
  "task:shared": z.object({ taskId, role, title: z.string() }),
  "turn:waiting": z.object({
    taskId,
    turnId,
    step: z.string().optional(),
    phase: z.string().optional(),
    waitingFor: waitingFor.optional(),
    toolCallId: z.string().optional(),
  }),
  notification: z.object({ notification }),
} as const;

export type UserEventType = keyof typeof USER_EVENTS;
export const userEventType = z.enum(
  Object.keys(USER_EVENTS) as [UserEventType, ...UserEventType[]],
);

/** What a user's devices start from: the newest unread notifications, newest first. */
export const userState = z.object({
  unread: z.int(),
  notifications: z.array(notification),
});
export type UserState = z.infer<typeof userState>;

const place = { headSeq: z.int(), epoch: z.string(), unread: z.int() };

/** Momentary: unnumbered, and what they say is also in the state. */
export const USER_MOMENTARY_EVENTS = {
  /** The first frame; `state` is left out where `after` is continued from. */
  "session:ready": z.object({ ...place, state: userState.optional() }),
  unread: z.object({ count: z.int() }),
  /** A task as the user's list has it now, where that shows something else than before: also when a wait is over. */
  "task:updated": z.object({ task }),
  "history:reset": z.object({ ...place, state: userState, reason: z.string() }),
} as const;

function logged<T extends UserEventType>(type: T) {
  return z.object({
    type: z.literal(type),
    seq: z.int().min(1),
    ts: timestamp,
    data: USER_EVENTS[type],
  });
}

export const userEvent = z.discriminatedUnion("type", [
  logged("task:created"),
  logged("task:status"),
  logged("task:deleted"),
  logged("task:shared"),
  logged("turn:waiting"),
  logged("notification"),
]);
export type UserEvent = z.infer<typeof userEvent>;

export type UserMomentaryEvent = {
  [T in keyof typeof USER_MOMENTARY_EVENTS]: {
    type: T;
    ts: string;
    data: z.infer<(typeof USER_MOMENTARY_EVENTS)[T]>;
  };
}[keyof typeof USER_MOMENTARY_EVENTS];

/** A notification before the user's room has given it an id. */
export type NotificationDraft = Omit<Notification, "id" | "createdAt">;

/** A user's event as a task's room tells it: not numbered yet. */
export type UserFact =
  | {
      [T in Exclude<UserEventType, "notification">]: {
        type: T;
        ts: string;
        data: z.infer<(typeof USER_EVENTS)[T]>;
      };
    }[Exclude<UserEventType, "notification">]
  | { type: "notification"; ts: string; data: { notification: NotificationDraft } };
