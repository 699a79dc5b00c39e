import { deliveryId, webhookId } from "../../protocol/ids";
import { listPage } from "../../protocol/rest/page";
import { createWebhook, patchWebhook } from "../../protocol/webhooks";
import type { Group } from "../operation";

const tag = "Webhooks";
const all = "/api/v1/webhooks";
const one = { tag, path: `${all}/{webhookId}`, params: { webhookId } } as const;

export const WEBHOOKS = {
  list: {
    id: "listWebhooks",
    tag,
    method: "get",
    path: all,
    summary: "List your webhooks",
    scope: "read",
    query: listPage,
    status: 200,
  },
  create: {
    id: "createWebhook",
    tag,
    method: "post",
    path: all,
    summary: "Have events sent to an address",
    scope: "write",
    body: createWebhook,
    status: 201,
    limit: "webhooks",
  },
  patch: {
    ...one,
    id: "patchWebhook",
    method: "patch",
    summary: "Change, pause or resume a webhook",
    scope: "write",
    body: patchWebhook,
    status: 200,
  },
  rotateSecret: {
    ...one,
    id: "rotateWebhookSecret",
    method: "post",
    path: `${one.path}/rotate-secret`,
    summary: "Give a webhook a new secret",
    scope: "write",
    status: 200,
  },
  test: {
    ...one,
    id: "testWebhook",
    method: "post",
    path: `${one.path}/test`,
    summary: "Send a test to a webhook",
    scope: "write",
    status: 202,
  },
  remove: {
    ...one,
    id: "deleteWebhook",
    method: "delete",
    summary: "Delete a webhook",
    scope: "write",
    status: 204,
  },
  deliveries: {
    ...one,
    id: "listDeliveries",
    method: "get",
    path: `${one.path}/deliveries`,
    summary: "List what a webhook was sent",
    scope: "read",
    query: listPage,
    status: 200,
  },
  retryDelivery: {
    id: "retryDelivery",
    tag,
    method: "post",
    path: `${one.path}/deliveries/{deliveryId}/retry`,
    params: { webhookId, deliveryId },
    summary: "Send a delivery again",
    scope: "write",
    status: 202,
  },
} as const satisfies Group;
