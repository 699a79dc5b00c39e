import * as z from "zod";
import { BAD_CURSOR, decodeCursor, encodeCursor } from "../../../protocol/cursor";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import { webhookId as webhookIdSchema } from "../../../protocol/ids";
import type { Page } from "../../../protocol/rest/page";
import type { Delivery, Webhook } from "../../../protocol/webhooks";
import type { PageQuery } from "../api";
import { Tables } from "../tables";
import { deliveryView } from "./delivery-table";
import { webhookView } from "./webhook-table";

export const UNKNOWN = refuse("not_found", "There is no such webhook.");

const webhookCursor = z.strictObject({ beforeId: webhookIdSchema });
const deliveryCursor = z.strictObject({ before: z.int().min(1) });

type Parts = { storage: DurableObjectStorage; now: () => number };

/** What their owner reads of webhooks, newest first. */
export class WebhookLists {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  list({ limit, cursor }: PageQuery): Outcome<Page<Webhook>> {
    const from = cursor === undefined ? undefined : decodeCursor(webhookCursor, cursor);
    if (cursor !== undefined && !from) return refused(BAD_CURSOR);
    const all = Tables.find(this.#parts.storage)?.webhooks.all() ?? [];
    const now = this.#parts.now();
    const left = all
      .map((kept) => webhookView(kept, now))
      .filter(({ id }) => !from || id < from.beforeId);
    const items = left.slice(0, limit);
    const last = items.at(-1);
    const more = left.length > limit && last;
    return accepted({ items, nextCursor: more ? encodeCursor({ beforeId: last.id }) : null });
  }

  deliveries(webhookId: string, { limit, cursor }: PageQuery): Outcome<Page<Delivery>> {
    const from = cursor === undefined ? undefined : decodeCursor(deliveryCursor, cursor);
    if (cursor !== undefined && !from) return refused(BAD_CURSOR);
    const tables = Tables.find(this.#parts.storage);
    if (!tables?.webhooks.get(webhookId)) return refused(UNKNOWN);
    const found = tables.deliveries.list(webhookId, limit + 1, from?.before);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return accepted({
      items: items.map(deliveryView),
      nextCursor: found.length > limit && last ? encodeCursor({ before: last.position }) : null,
    });
  }
}
