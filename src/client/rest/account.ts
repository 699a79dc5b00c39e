import type { ApiKey, CreateApiKey, CreatedApiKey } from "../../protocol/rest/api-keys";
import type { AckNotifications, UnreadCount } from "../../protocol/rest/notifications";
import type { Page } from "../../protocol/rest/page";
import type { FoundPage } from "../../protocol/rest/search";
import type { Session } from "../../protocol/session";
import type { KeptNotification } from "../../protocol/user-events";
import type {
  CreatedWebhook,
  CreateWebhook,
  Delivery,
  PatchWebhook,
  Webhook,
} from "../../protocol/webhooks";
import type { PageQuery } from "./paging";
import type { Request } from "./request";
import { segment } from "./segment";

type Counts = { turns: number; tokens: number };
export type UsageReport = {
  today: Counts;
  month: Counts;
  limits: { turnsPerDay: number; tokensPerDay: number };
};

/** `signal`: as one types on, what was asked before is given up. */
export type SearchOptions = PageQuery & { signal?: AbortSignal };

const below = (path: string, id: string) => `${path}/${segment(id)}`;

export type AccountApi = ReturnType<typeof accountApi>;

/** What is the caller's own, over all tasks (contract sections 3, 6, 7 and 9). */
export function accountApi(request: Request) {
  return {
    usage: (): Promise<UsageReport> => request("GET", "/usage"),
    /** Messages of all your tasks that have every word of `q`; the last may be the beginning of one. */
    search: (q: string, { signal, ...query }: SearchOptions = {}): Promise<FoundPage> =>
      request("GET", "/search", { query: { q, ...query }, ...(signal && { signal }) }),
    sessions: {
      list: (query: PageQuery = {}): Promise<Page<Session>> =>
        request("GET", "/sessions", { query }),
      revoke: (id: string): Promise<void> => request("DELETE", below("/sessions", id)),
    },
    notifications: {
      list: (query: PageQuery & { unread?: boolean } = {}): Promise<Page<KeptNotification>> =>
        request("GET", "/notifications", { query }),
      ack: (which: AckNotifications): Promise<UnreadCount> =>
        request("POST", "/notifications/ack", { body: which }),
    },
    apiKeys: {
      list: (query: PageQuery = {}): Promise<Page<ApiKey>> =>
        request("GET", "/api-keys", { query }),
      /** The only answer that shows the key itself. */
      create: (body: CreateApiKey): Promise<CreatedApiKey> =>
        request("POST", "/api-keys", { body }),
      revoke: (id: string): Promise<void> => request("DELETE", below("/api-keys", id)),
    },
    webhooks: {
      list: (query: PageQuery = {}): Promise<Page<Webhook>> =>
        request("GET", "/webhooks", { query }),
      /** The only answer that shows the secret. */
      create: (body: CreateWebhook): Promise<CreatedWebhook> =>
        request("POST", "/webhooks", { body }),
      patch: (id: string, body: PatchWebhook): Promise<Webhook> =>
        request("PATCH", below("/webhooks", id), { body }),
      /** The only answer that shows the new secret; the one before it signs too for 24 hours. */
      rotateSecret: (id: string): Promise<CreatedWebhook> =>
        request("POST", `${below("/webhooks", id)}/rotate-secret`),
      /** Sent once, also to a paused webhook. */
      test: (id: string): Promise<{ delivery: Delivery }> =>
        request("POST", `${below("/webhooks", id)}/test`),
      delete: (id: string): Promise<void> => request("DELETE", below("/webhooks", id)),
      deliveries: (id: string, query: PageQuery = {}): Promise<Page<Delivery>> =>
        request("GET", `${below("/webhooks", id)}/deliveries`, { query }),
      redeliver: (id: string, deliveryId: string): Promise<{ delivery: Delivery }> =>
        request("POST", `${below(`${below("/webhooks", id)}/deliveries`, deliveryId)}/retry`),
    },
  };
}
