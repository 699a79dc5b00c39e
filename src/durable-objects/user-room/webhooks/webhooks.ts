import * as z from "zod";
import { seal } from "../../../platform/sealing";
import { checkTarget } from "../../../platform/target";
import { decodeCursor, encodeCursor } from "../../../protocol/cursor";
import { accepted, type Outcome, type Refusal, refuse, refused } from "../../../protocol/errors";
import { newId, webhookId as webhookIdSchema } from "../../../protocol/ids";
import { LIMITS } from "../../../protocol/limits";
import type { Page } from "../../../protocol/rest/page";
import { toTimestamp } from "../../../protocol/time";
import type { CreatedWebhook, CreateWebhook, Delivery, Webhook } from "../../../protocol/webhooks";
import { BAD_CURSOR } from "../../task-room/commands/queries";
import type { PageQuery } from "../api";
import { Tables } from "../tables";
import { deliveryView } from "./delivery-table";
import { secretIdentity, type WebhookQueue, type WebhookSettings } from "./webhook-queue";

/** Bytes of a secret: as much as its HMAC-SHA-256 gives. */
const SECRET_BYTES = 32;

const webhookCursor = z.strictObject({ beforeId: webhookIdSchema });
const deliveryCursor = z.strictObject({ before: z.int().min(1) });

const UNKNOWN = refuse("not_found", "There is no such webhook.");
const TOO_MANY = refuse("conflict", `A user has at most ${LIMITS.webhooks} webhooks.`);

type Parts = {
  storage: DurableObjectStorage;
  now: () => number;
  settings: WebhookSettings;
  queue: WebhookQueue;
};

/** What its owner does with webhooks (contract section 9). */
export class Webhooks {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async create(input: CreateWebhook): Promise<Outcome<CreatedWebhook>> {
    const { storage, settings } = this.#parts;
    const refusal = this.#objection(input);
    if (refusal) return refused(refusal);
    const [key, ...older] = settings.SECRETS_KEY;
    if (key === undefined) {
      const message = "This deployment cannot store secrets: its setting SECRETS_KEY is not set.";
      return refused(refuse("unavailable", message));
    }
    const now = this.#parts.now();
    const made = { id: newId("hook", now), ...input, createdAt: toTimestamp(now) };
    const secret = newSecret();
    const sealed = await seal([key, ...older], secret, secretIdentity(made.id));
    const tables = Tables.make(storage);
    // Others may have been made while this one was sealed.
    if (tables.webhooks.all().length >= LIMITS.webhooks) return refused(TOO_MANY);
    tables.webhooks.add(made, sealed);
    return accepted({ ...made, status: "active", secret });
  }

  list({ limit, cursor }: PageQuery): Outcome<Page<Webhook>> {
    const from = cursor === undefined ? undefined : decodeCursor(webhookCursor, cursor);
    if (cursor !== undefined && !from) return refused(BAD_CURSOR);
    const all = this.#tables()?.webhooks.all() ?? [];
    const left = all.map(({ webhook }) => webhook).filter(({ id }) => !from || id < from.beforeId);
    const items = left.slice(0, limit);
    const last = items.at(-1);
    const more = left.length > limit && last;
    return accepted({ items, nextCursor: more ? encodeCursor({ beforeId: last.id }) : null });
  }

  remove(webhookId: string): Outcome<null> {
    const removed = this.#parts.storage.transactionSync(() => {
      const tables = this.#tables();
      tables?.deliveries.removeAll(webhookId);
      return tables?.webhooks.remove(webhookId);
    });
    return removed ? accepted(null) : refused(UNKNOWN);
  }

  deliveries(webhookId: string, { limit, cursor }: PageQuery): Outcome<Page<Delivery>> {
    const from = cursor === undefined ? undefined : decodeCursor(deliveryCursor, cursor);
    if (cursor !== undefined && !from) return refused(BAD_CURSOR);
    const tables = this.#tables();
    if (!tables?.webhooks.get(webhookId)) return refused(UNKNOWN);
    const found = tables.deliveries.list(webhookId, limit + 1, from?.before);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return accepted({
      items: items.map(deliveryView),
      nextCursor: found.length > limit && last ? encodeCursor({ before: last.position }) : null,
    });
  }

  async retry(webhookId: string, deliveryId: string): Promise<Outcome<Delivery>> {
    const tables = this.#tables();
    const known = tables?.deliveries.get(deliveryId);
    if (!tables || known?.webhook_id !== webhookId) {
      return refused(refuse("not_found", "There is no such delivery."));
    }
    tables.deliveries.requeue(deliveryId, this.#parts.now());
    const requeued = tables.deliveries.get(deliveryId) ?? known;
    await this.#parts.queue.look();
    return accepted(deliveryView(requeued));
  }

  #objection({ url }: CreateWebhook): Refusal | undefined {
    const allowPrivate = this.#parts.settings.ALLOW_PRIVATE_TARGETS;
    const target = checkTarget(url, { allowPrivate });
    if (!target.ok) {
      const issues = [{ path: "url", message: target.reason }];
      return refuse("invalid_request", `The address ${target.reason}.`, { issues });
    }
    const count = this.#tables()?.webhooks.all().length ?? 0;
    return count >= LIMITS.webhooks ? TOO_MANY : undefined;
  }

  #tables(): Tables | null {
    return Tables.find(this.#parts.storage);
  }
}

/** As Standard Webhooks writes it. */
function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
