import { seal } from "../../../platform/sealing";
import { checkTarget } from "../../../platform/target";
import { accepted, type Outcome, type Refusal, refuse, refused } from "../../../protocol/errors";
import { newId } from "../../../protocol/ids";
import { LIMITS } from "../../../protocol/limits";
import { toTimestamp } from "../../../protocol/time";
import {
  type CreatedWebhook,
  type CreateWebhook,
  type Delivery,
  type PatchWebhook,
  WEBHOOK_TEST,
  type Webhook,
} from "../../../protocol/webhooks";
import { Tables } from "../tables";
import { deliveryView } from "./delivery-table";
import { pause } from "./pause";
import { UNKNOWN } from "./webhook-lists";
import type { WebhookQueue } from "./webhook-queue";
import { secretIdentity, type WebhookSettings } from "./webhook-sender";
import { type KeptWebhook, type WebhookBody, webhookView } from "./webhook-table";

/** Bytes of a secret: as much as its HMAC-SHA-256 gives. */
const SECRET_BYTES = 32;

const HOUR_MS = 60 * 60 * 1000;
const BY_HAND = "Paused by its owner.";
const TOO_MANY = refuse("conflict", `A user has at most ${LIMITS.webhooks} webhooks.`);

export const NO_KEY = refuse(
  "unavailable",
  "This deployment cannot store secrets: its setting SECRETS_KEY is not set.",
);
const TESTING = refuse("rate_limited", "Other tests of this webhook wait for their answers.", {
  retryAfterMs: 15_000,
});

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
    const refusal = this.#isFull() ? TOO_MANY : this.#objection(input.url);
    if (refusal) return refused(refusal);
    const now = this.#parts.now();
    const made = { id: newId("hook", now), ...input, createdAt: toTimestamp(now) };
    const secret = newSecret();
    const sealed = await this.#seal(secret, made.id);
    if (sealed === undefined) return refused(NO_KEY);
    // Others may have been made while this one was sealed.
    if (this.#isFull()) return refused(TOO_MANY);
    Tables.make(this.#parts.storage).webhooks.add(made, sealed);
    return accepted({ ...made, status: "active", secret });
  }

  /** What waits goes to the new address; of what is left out or paused nothing more is queued. */
  async patch(webhookId: string, patch: PatchWebhook): Promise<Outcome<Webhook>> {
    const { storage, queue } = this.#parts;
    const refusal = patch.url === undefined ? undefined : this.#objection(patch.url);
    if (refusal) return refused(refusal);
    const tables = this.#tables();
    const kept = tables?.webhooks.get(webhookId);
    if (!tables || !kept) return refused(UNKNOWN);
    storage.transactionSync(() => {
      const body = changed(kept, patch);
      tables.webhooks.change(body);
      if (body.url !== kept.body.url) tables.deliveries.beginAnew(webhookId, this.#parts.now());
      if (patch.status === "active") tables.webhooks.resume(webhookId);
      else if (patch.status === "paused") pause(tables, webhookId, BY_HAND, { byHand: true });
    });
    await queue.look();
    const now = tables.webhooks.get(webhookId);
    return now ? accepted(webhookView(now, this.#parts.now())) : refused(UNKNOWN);
  }

  /** A new secret, shown this once; the one before it signs too for a day. */
  async rotateSecret(webhookId: string): Promise<Outcome<CreatedWebhook>> {
    if (!this.#tables()?.webhooks.get(webhookId)) return refused(UNKNOWN);
    const secret = newSecret();
    const sealed = await this.#seal(secret, webhookId);
    if (sealed === undefined) return refused(NO_KEY);
    const now = this.#parts.now();
    const { webhooks } = this.#tables() ?? {};
    webhooks?.rotate(webhookId, sealed, now + LIMITS.oldSecretHours * HOUR_MS);
    const kept = webhooks?.get(webhookId);
    return kept ? accepted({ ...webhookView(kept, now), secret }) : refused(UNKNOWN);
  }

  /** An event of its own, sent at once and once, also to one that is paused. */
  async test(webhookId: string): Promise<Outcome<Delivery>> {
    const tables = this.#tables();
    if (!tables?.webhooks.get(webhookId)) return refused(UNKNOWN);
    if (tables.deliveries.testsWaiting(webhookId) >= LIMITS.testsWaiting) return refused(TESTING);
    const now = this.#parts.now();
    const id = newId("dlv", now);
    const type = WEBHOOK_TEST;
    const payload = JSON.stringify({ type, timestamp: toTimestamp(now), data: { webhookId } });
    // In a line of its own: it waits for nothing, and nothing waits for it.
    tables.deliveries.add({ id, webhookId, taskId: id, type, payload, now, giveUpAt: now });
    const made = tables.deliveries.get(id);
    await this.#parts.queue.look();
    return made ? accepted(deliveryView(made)) : refused(UNKNOWN);
  }

  remove(webhookId: string): Outcome<null> {
    const removed = this.#parts.storage.transactionSync(() => {
      const tables = this.#tables();
      tables?.deliveries.removeAll(webhookId);
      return tables?.webhooks.remove(webhookId);
    });
    return removed ? accepted(null) : refused(UNKNOWN);
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

  #objection(url: string): Refusal | undefined {
    const allowPrivate = this.#parts.settings.ALLOW_PRIVATE_TARGETS;
    const target = checkTarget(url, { allowPrivate });
    if (target.ok) return undefined;
    const issues = [{ path: "url", message: target.reason }];
    return refuse("invalid_request", `The address ${target.reason}.`, { issues });
  }

  #isFull(): boolean {
    return (this.#tables()?.webhooks.all().length ?? 0) >= LIMITS.webhooks;
  }

  /** Nothing where the deployment has no key. */
  async #seal(secret: string, webhookId: string): Promise<string | undefined> {
    const [key, ...older] = this.#parts.settings.SECRETS_KEY;
    return key === undefined ? undefined : seal([key, ...older], secret, secretIdentity(webhookId));
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

function changed({ body }: KeptWebhook, { url, events, taskId }: PatchWebhook): WebhookBody {
  const { taskId: before, ...rest } = body;
  const after = taskId === undefined ? before : (taskId ?? undefined);
  return {
    ...rest,
    ...(url !== undefined && { url }),
    ...(events && { events }),
    ...(after !== undefined && { taskId: after }),
  };
}
