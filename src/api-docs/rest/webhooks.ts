import * as z from "zod";
import type { WEBHOOKS } from "../../operations/rest/webhooks";
import {
  createdWebhook,
  createWebhook,
  delivery,
  patchWebhook,
  webhook,
} from "../../protocol/webhooks";
import { type Descriptions, json } from "../description";
import { pageOf } from "../models";
import { named } from "../named";
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

named("CreateWebhook", createWebhook);
named("PatchWebhook", patchWebhook);

export const WEBHOOKS_DESCRIBED: Descriptions<typeof WEBHOOKS> = {
  list: {
    answer: {
      description: "A page of webhooks, without their secrets.",
      json: json(pageOf("WebhookPage", webhook), { items: [WEBHOOK], nextCursor: null }),
    },
  },
  create: {
    description:
      "Signed as Standard Webhooks has it, with the `secret` that is shown this once; the body is " +
      "`{type, timestamp, data}`. At least once, in order per task, retried with backoff for 24 " +
      "hours. The address must be https and public.",
    body: {
      url: WEBHOOK.url,
      events: WEBHOOK.events,
    },
    answer: {
      description: "The webhook and its secret.",
      json: json(withSecret, { ...WEBHOOK, secret: SECRET }),
    },
    errors: ["conflict"],
  },
  patch: {
    description:
      "What is left out stays; `taskId: null` means all tasks. What waits goes to the new address. " +
      "Pausing fails what waits, and nothing is queued until it is `active` again.",
    body: { status: "paused" },
    answer: {
      description: "The webhook as it is now.",
      json: json(webhook, { ...WEBHOOK, status: "paused", reason: "Paused by its owner." }),
    },
  },
  rotateSecret: {
    description:
      "Shown this once. For 24 hours deliveries carry two signatures, by the new secret and by the " +
      "one before it; `previousSecretUntil` says until when.",
    answer: {
      description: "The webhook and its new secret.",
      json: json(withSecret, {
        ...WEBHOOK,
        previousSecretUntil: TIMES.ended,
        secret: SECRET,
      }),
    },
  },
  test: {
    description:
      "A signed `webhook:test` event, sent once and listed as a delivery; also to a paused webhook.",
    answer: {
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
  remove: {
    answer: { description: "Nothing more is sent." },
  },
  deliveries: {
    description: "Newest first.",
    answer: {
      description: "A page of deliveries.",
      json: json(pageOf("DeliveryPage", delivery), { items: [DELIVERY], nextCursor: null }),
    },
  },
  retryDelivery: {
    description: "Now, and under its own id; also one of a paused webhook.",
    answer: {
      description: "The delivery as it is now.",
      json: json(answered, { delivery: { ...DELIVERY, status: "pending" } }),
    },
  },
};
