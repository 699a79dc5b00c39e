import type { ApiKey, CreateApiKey, CreatedApiKey } from "../../protocol/api-keys";
import type { AckNotifications, Page, UnreadCount } from "../../protocol/rest";
import type { Session } from "../../protocol/session";
import type { KeptNotification } from "../../protocol/user-events";
import type { CreatedWebhook, CreateWebhook, Delivery, Webhook } from "../../protocol/webhooks";
import type { Request } from "../request";
import type { PageQuery } from "./paging";

type Counts = { turns: number; tokens: number };
export type UsageReport = {
  today: Counts;
  month: Counts;
  limits: { turnsPerDay: number; tokensPerDay: number };
};

const below = (path: string, id: string) => `${path}/${encodeURIComponent(id)}`;

/** What is the caller's own, over all tasks (contract sections 3, 6, 7 and 9). */
export function accountApi(request: Request) {
  return {
    usage: () => request<UsageReport>("GET", "/usage"),
    sessions: {
      list: (query: PageQuery = {}) => request<Page<Session>>("GET", "/sessions", { query }),
      revoke: (id: string) => request<void>("DELETE", below("/sessions", id)),
    },
    notifications: {
      list: (query: PageQuery & { unread?: boolean } = {}) =>
        request<Page<KeptNotification>>("GET", "/notifications", { query }),
      ack: (which: AckNotifications) =>
        request<UnreadCount>("POST", "/notifications/ack", { body: which }),
    },
    apiKeys: {
      list: (query: PageQuery = {}) => request<Page<ApiKey>>("GET", "/api-keys", { query }),
      /** The only answer that shows the key itself. */
      create: (body: CreateApiKey) => request<CreatedApiKey>("POST", "/api-keys", { body }),
      revoke: (id: string) => request<void>("DELETE", below("/api-keys", id)),
    },
    webhooks: {
      list: (query: PageQuery = {}) => request<Page<Webhook>>("GET", "/webhooks", { query }),
      /** The only answer that shows the secret. */
      create: (body: CreateWebhook) => request<CreatedWebhook>("POST", "/webhooks", { body }),
      delete: (id: string) => request<void>("DELETE", below("/webhooks", id)),
      deliveries: (id: string, query: PageQuery = {}) =>
        request<Page<Delivery>>("GET", `${below("/webhooks", id)}/deliveries`, { query }),
      redeliver: (id: string, deliveryId: string) =>
        request<{ delivery: Delivery }>(
          "POST",
          `${below(`${below("/webhooks", id)}/deliveries`, deliveryId)}/retry`,
        ),
    },
  };
}
