import { toTimestamp } from "../../../protocol/time";
import type { UserFact } from "../../../protocol/user-events";
import type { Tables } from "../tables";
import type { WebhookBody } from "./webhook-table";

/** Nothing more is queued, and what waited has failed. */
export function pause(
  tables: Tables,
  webhookId: string,
  reason: string,
  { byHand = false } = {},
): void {
  tables.webhooks.pause(webhookId, reason, byHand);
  tables.deliveries.failWaiting(webhookId);
}

/** What the user hears of a webhook that was not paused by hand. */
export function pausedFact({ id, url }: WebhookBody, reason: string, now: number): UserFact {
  const title = "A webhook is paused";
  const data = { webhookId: id, url };
  const notification = { kind: "webhook_paused" as const, title, body: reason, data };
  return { type: "notification", ts: toTimestamp(now), data: { notification } };
}
