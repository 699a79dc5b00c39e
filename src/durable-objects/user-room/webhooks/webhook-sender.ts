import { type Answer, type Verdict, verdictOn } from "../../../engine/user/webhook-rules";
import { unseal } from "../../../platform/sealing";
import type { Settings } from "../../../platform/settings";
import { LIMITS } from "../../../protocol/limits";
import type { UserFact } from "../../../protocol/user-events";
import { WEBHOOK_TEST } from "../../../protocol/webhooks";
import type { UserFaultPoint } from "../surroundings";
import { Tables } from "../tables";
import type { DeliveryRow } from "./delivery-table";
import { pause, pausedFact } from "./pause";
import { postWebhook } from "./webhook-request";
import type { KeptWebhook } from "./webhook-table";

const HOUR_MS = 60 * 60 * 1000;

export type WebhookSettings = Pick<
  Settings,
  "ALLOW_PRIVATE_TARGETS" | "SECRETS_KEY" | "WEBHOOK_RETRY_INITIAL_MS"
>;

export type SenderParts = {
  storage: DurableObjectStorage;
  now: () => number;
  settings: WebhookSettings;
  fault: (point: UserFaultPoint) => void;
  /** One transaction; what it gives is put into the user's log. */
  write: (facts: (tables: Tables, now: number) => UserFact[]) => void;
};

/** What the secret of a webhook is sealed for. */
export function secretIdentity(webhookId: string): string {
  return `webhook/${webhookId}`;
}

/** Makes one attempt of a delivery and writes down what came of it. */
export class WebhookSender {
  readonly #parts: SenderParts;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Rejects where something went wrong on our side: no answer was noted. */
  async send(kept: KeptWebhook, id: string): Promise<void> {
    const { storage, settings, now, fault, write } = this.#parts;
    fault("webhook started");
    const payload = Tables.find(storage)?.deliveries.payload(id);
    // It may have been removed meanwhile.
    if (payload === undefined) return;
    const secrets = await this.#secrets(kept);
    const answer: Answer = secrets
      ? await postWebhook({ url: kept.body.url, secrets, id, payload, now: now() }, settings)
      : {};
    fault("webhook answered");
    write((tables) => this.#settle(tables, id, answer));
    fault("webhook noted");
  }

  /** What signs: the secret, and for a while the one before it. */
  async #secrets({ body, secret, old }: KeptWebhook): Promise<[string, ...string[]] | undefined> {
    const open = (sealed: string) =>
      unseal(this.#parts.settings.SECRETS_KEY, sealed, secretIdentity(body.id));
    const current = await open(secret);
    if (current === undefined) return undefined;
    const before = old && old.until > this.#parts.now() ? await open(old.secret) : undefined;
    return before === undefined ? [current] : [current, before];
  }

  #settle(tables: Tables, deliveryId: string, answer: Answer): UserFact[] {
    const row = tables.deliveries.get(deliveryId);
    const kept = row && tables.webhooks.get(row.webhook_id);
    // It may have been removed while the request was on its way.
    if (!row || !kept) return [];
    const now = this.#parts.now();
    const attempts = row.attempts + 1;
    const initialMs = this.#parts.settings.WEBHOOK_RETRY_INITIAL_MS;
    const verdict = verdictOn(answer, { attempts, giveUpAt: row.give_up_at, now, initialMs });
    note(tables, row, { verdict, answered: answer.status, now });
    if (verdict.outcome === "delivered") tables.webhooks.noteSuccess(row.webhook_id, now);
    const reason = verdict.outcome === "failed" ? whyPause(row, kept, verdict) : undefined;
    if (reason === undefined) return [];
    pause(tables, row.webhook_id, reason);
    return kept.status === "paused" ? [] : [pausedFact(kept.body, reason, now)];
  }
}

type Noted = { verdict: Verdict; answered: number | undefined; now: number };

function note({ deliveries }: Tables, row: DeliveryRow, { verdict, answered, now }: Noted): void {
  if (verdict.outcome === "again") {
    // One that was given up while its last request was on its way stays so.
    deliveries.note(row.id, { status: row.status, answered, now }, verdict.at);
  } else deliveries.note(row.id, { status: verdict.outcome, answered, now });
}

/** An endpoint that took other things meanwhile is well; only this one delivery has failed. */
function whyPause(
  row: DeliveryRow,
  { succeededAt }: KeptWebhook,
  { gone }: { gone: boolean },
): string | undefined {
  // A test is made to fail, and says so to whoever made it.
  if (row.type === WEBHOOK_TEST) return undefined;
  if (gone) return "The endpoint answered 410 Gone.";
  const triedSince = row.give_up_at - LIMITS.deliveryHours * HOUR_MS;
  if (succeededAt !== null && succeededAt > triedSince) return undefined;
  return `The endpoint took nothing for ${LIMITS.deliveryHours} hours.`;
}
