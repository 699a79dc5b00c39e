import * as z from "zod";
import { listPage } from "../../protocol/rest/page";
import {
  createdWebhook,
  createWebhook,
  delivery,
  patchWebhook,
  webhook,
} from "../../protocol/webhooks";
import { pageOf } from "../models";
import { named } from "../named";
import { json, type Operation } from "../operation";
import { IDS, TIMES } from "../samples";

const WEBHOOK = {
  id: IDS.webhook,
  url: "https://hooks.example/taskroom",
  events: ["task:status" as const],
  createdAt: TIMES.created,
  status: "active" as const,
};
const DELIVERY = {
  id: IDS.delivery,
  webhookId: IDS.webhook,
  type: "task:status" as const,
  taskId: IDS.task,
  createdAt: TIMES.ended,
  status: "delivered" as const,
  attempts: 1,
  lastAttemptAt: TIMES.ended,
  lastStatus: 204,
};

named("Webhook", webhook);
named("Delivery", delivery);
const withSecret = named("CreatedWebhook", createdWebhook);
const SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0IQ==";
const answered = named("DeliveryAnswer", z.object({ delivery }));

const tag = "Webhooks";
const path = "/api/v1/webhooks";

export const WEBHOOKS: readonly Operation[] = [
  {
    id: "listWebhooks",
    tag,
    method: "get",
    path,
    summary: "List your webhooks",
    scope: "read",
    query: listPage,
    answer: {
      status: 200,
      description: "A page of webhooks, without their secrets.",
      json: json(pageOf("WebhookPage", webhook), { items: [WEBHOOK], nextCursor: null }),
    },
  },
  {
    id: "createWebhook",
    tag,
    method: "post",
    path,
    summary: "Have events sent to an address",
    description:
      "Signed as Standard Webhooks has it, with the `secret` that is shown this once; the body is " +
      "`{type, timestamp, data}`. At least once, in order per task, retried with backoff for 24 " +
      "hours. The address must be https and public.",
    scope: "write",
    body: {
      ...json(named("CreateWebhook", createWebhook), {
        url: WEBHOOK.url,
        events: WEBHOOK.events,
      }),
      required: true,
    },
    answer: {
      status: 201,
      description: "The webhook and its secret.",
      json: json(withSecret, { ...WEBHOOK, secret: SECRET }),
    },
    errors: ["conflict"],
  },
  {
    id: "patchWebhook",
    tag,
    method: "patch",
    path: `${path}/{webhookId}`,
    summary: "Change, pause or resume a webhook",
    description:
      "What is left out stays; `taskId: null` means all tasks. What waits goes to the new address. " +
      "Pausing fails what waits, and nothing is queued until it is `active` again.",
    scope: "write",
    body: {
      ...json(named("PatchWebhook", patchWebhook), { status: "paused" }),
      required: true,
    },
    answer: {
      status: 200,
      description: "The webhook as it is now.",
      json: json(webhook, { ...WEBHOOK, status: "paused", reason: "Paused by its owner." }),
    },
  },
  {
    id: "rotateWebhookSecret",
    tag,
    method: "post",
    path: `${path}/{webhookId}/rotate-secret`,
    summary: "Give a webhook a new secret",
    description:
      "Shown this once. For 24 hours deliveries carry two signatures, by the new secret and by the " +
      "one before it; `previousSecretUntil` says until when.",
    scope: "write",
    answer: {
      status: 200,
      description: "The webhook and its new secret.",
      json: json(withSecret, {
        ...WEBHOOK,
        previousSecretUntil: TIMES.ended,
        secret: SECRET,
      }),
    },
  },
  {
    id: "testWebhook",
    tag,
    method: "post",
    path: `${path}/{webhookId}/test`,
    summary: "Send a test to a webhook",
    description:
      "A signed `webhook:test` event, sent once and listed as a delivery; also to a paused webhook.",
    scope: "write",
    answer: {
      status: 202,
      description: "The delivery as it is now.",
      json: json(answered, {
        delivery: {
          id: IDS.delivery,
          webhookId: IDS.webhook,
          type: "webhook:test",
          createdAt: TIMES.ended,
          status: "pending",
          attempts: 0,
        },
      }),
    },
  },
  {
    id: "deleteWebhook",
    tag,
    method: "delete",
    path: `${path}/{webhookId}`,
    summary: "Delete a webhook",
    scope: "write",
    answer: { status: 204, description: "Nothing more is sent." },
  },
  {
    id: "listDeliveries",
    tag,
    method: "get",
    path: `${path}/{webhookId}/deliveries`,
    summary: "List what a webhook was sent",
    description: "Newest first.",
    scope: "read",
    query: listPage,
    answer: {
      status: 200,
      description: "A page of deliveries.",
      json: json(pageOf("DeliveryPage", delivery), { items: [DELIVERY], nextCursor: null }),
    },
  },
  {
    id: "retryDelivery",
    tag,
    method: "post",
    path: `${path}/{webhookId}/deliveries/{deliveryId}/retry`,
    summary: "Send a delivery again",
    description: "Now, and under its own id; also one of a paused webhook.",
    scope: "write",
    answer: {
      status: 202,
      description: "The delivery as it is now.",
      json: json(answered, { delivery: { ...DELIVERY, status: "pending" } }),
    },
  },
];
