import * as z from "zod";
import { deliveryId, taskId, webhookId } from "./ids";
import { jsonObject } from "./json";
import { timestamp } from "./time";
import { userEventType } from "./user-events";

const events = z
  .array(userEventType)
  .min(1)
  .refine((types) => new Set(types).size === types.length, { error: "named more than once" });

export const createWebhook = z.strictObject({
  url: z.url().max(2048),
  events,
  /** Only this task's events. */
  taskId: taskId.optional(),
});
export type CreateWebhook = z.infer<typeof createWebhook>;

/** Whatever is left out stays as it is. */
export const patchWebhook = z
  .strictObject({
    url: createWebhook.shape.url.optional(),
    events: events.optional(),
    /** `null`: of all tasks. */
    taskId: taskId.nullable().optional(),
    status: z.enum(["active", "paused"]).optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, {
    error: 'write {"url", "events", "taskId" or "status"}: there is nothing to change',
  });
export type PatchWebhook = z.infer<typeof patchWebhook>;

/** What an endpoint is sent: the user's events, and one that only tries it out. */
export const WEBHOOK_TEST = "webhook:test";
export const webhookEventType = z.enum([...userEventType.options, WEBHOOK_TEST]);
export type WebhookEventType = z.infer<typeof webhookEventType>;

export const webhook = z.object({
  id: webhookId,
  url: z.string(),
  events: z.array(userEventType),
  taskId: taskId.optional(),
  createdAt: timestamp,
  /**
   * Paused: nothing is queued or sent. It ends by hand; where nobody's hand paused it, also when a
   * test or a delivery that is retried by hand arrives.
   */
  status: z.enum(["active", "paused"]),
  /** Why it is paused. */
  reason: z.string().optional(),
  /** Until when the secret before this one signs too. */
  previousSecretUntil: timestamp.optional(),
});
export type Webhook = z.infer<typeof webhook>;

/** Answer of the creation and of a rotation alone: the secret is never read back. */
export const createdWebhook = webhook.extend({ secret: z.string() });
export type CreatedWebhook = z.infer<typeof createdWebhook>;

/** What an endpoint is sent (Standard Webhooks). */
export const webhookBody = z.object({
  type: webhookEventType,
  timestamp,
  data: jsonObject,
});

export const delivery = z.object({
  /** The `webhook-id` header, the same for every attempt. */
  id: deliveryId,
  webhookId,
  type: webhookEventType,
  taskId: taskId.optional(),
  createdAt: timestamp,
  status: z.enum(["pending", "delivered", "failed"]),
  attempts: z.int(),
  lastAttemptAt: timestamp.optional(),
  /** HTTP status of the last attempt; absent where there was no answer. */
  lastStatus: z.int().optional(),
  /** Of a pending one that has been tried. */
  nextAttemptAt: timestamp.optional(),
});
export type Delivery = z.infer<typeof delivery>;
