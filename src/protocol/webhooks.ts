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

export const webhook = z.object({
  id: webhookId,
  url: z.string(),
  events: z.array(userEventType),
  taskId: taskId.optional(),
  createdAt: timestamp,
  /** Paused: nothing is queued or sent, until a delivery that is retried by hand arrives. */
  status: z.enum(["active", "paused"]),
  /** Why it is paused. */
  reason: z.string().optional(),
});
export type Webhook = z.infer<typeof webhook>;

/** Answer of the creation alone: the secret is never read back. */
export const createdWebhook = webhook.extend({ secret: z.string() });
export type CreatedWebhook = z.infer<typeof createdWebhook>;

/** What an endpoint is sent (Standard Webhooks). */
export const webhookBody = z.object({
  type: userEventType,
  timestamp,
  data: jsonObject,
});

export const delivery = z.object({
  /** The `webhook-id` header, the same for every attempt. */
  id: deliveryId,
  webhookId,
  type: userEventType,
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
