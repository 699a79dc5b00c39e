import * as z from "zod";
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
import { forget } from "./turns/forget";
import type { KeptTurnHook } from "./turns/turn-hook-table";
import { post, postWebhook } from "./webhook-request";
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

const sealedHeaders = z.record(z.string(), z.string());

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
  async send(webhookId: string, id: string): Promise<void> {
    const { storage, fault, write } = this.#parts;
    fault("webhook started");
    const tables = Tables.find(storage);
    const payload = tables?.deliveries.payload(id);
    // It may have been removed meanwhile.
    if (!tables || payload === undefined) return;
    const kept = tables.webhooks.get(webhookId);
    const hook = kept ? undefined : tables.turnHooks.get(webhookId);
    let answer: Answer = {};
    if (kept) answer = await this.#post(kept, id, payload);
    else if (hook) answer = await this.#postTurn(hook, id, payload);
    fault("webhook answered");
    write((tables) => this.#settle(tables, id, { ...answer, from: kept?.body.url }));
    fault("webhook noted");
  }

  async #post(kept: KeptWebhook, id: string, payload: string): Promise<Answer> {
    const { settings, now } = this.#parts;
    const secrets = await this.#secrets(kept);
    if (!secrets) return {};
    return postWebhook({ url: kept.body.url, secrets, id, payload, now: now() }, settings);
  }

  /** Not signed: whoever asked for it has said how it is to show whose it is. */
  async #postTurn({ hook, secret }: KeptTurnHook, id: string, payload: string): Promise<Answer> {
    const { settings } = this.#parts;
    const { url, contentType } = hook;
    const opened = await unseal(settings.SECRETS_KEY, secret, secretIdentity(hook.id));
    if (opened === undefined) return {};
    const own = sealedHeaders.parse(JSON.parse(opened));
    const headers = { ...own, "content-type": contentType, "webhook-id": id };
    return post({ url, headers, payload }, settings);
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

  #settle(tables: Tables, deliveryId: string, answer: Answered): UserFact[] {
    const row = tables.deliveries.get(deliveryId);
    // It may have been removed while the request was on its way.
    if (!row) return [];
    const now = this.#parts.now();
    const kept = tables.webhooks.get(row.webhook_id);
    const verdict = this.#verdictOn(row, answer, kept);
    note(tables, row, { verdict, answered: answer.status, now });
    const hook = tables.turnHooks.get(row.webhook_id);
    if (hook) settleTurn(tables, hook, verdict);
    if (!kept) return [];
    if (verdict.outcome === "delivered") tables.webhooks.noteSuccess(row.webhook_id, now);
    const reason = verdict.outcome === "failed" ? whyPause(row, kept, verdict) : undefined;
    if (reason === undefined) return [];
    pause(tables, row.webhook_id, reason);
    return kept.status === "paused" ? [] : [pausedFact(kept.body, reason, now)];
  }

  /** What an address would not take that was changed meanwhile is for the new one. */
  #verdictOn(row: DeliveryRow, answer: Answered, kept: KeptWebhook | undefined): Verdict {
    const now = this.#parts.now();
    const attempts = row.attempts + 1;
    const initialMs = this.#parts.settings.WEBHOOK_RETRY_INITIAL_MS;
    const verdict = verdictOn(answer, { attempts, giveUpAt: row.give_up_at, now, initialMs });
    const isElsewhere = kept !== undefined && kept.body.url !== answer.from;
    const isOnce = row.type === WEBHOOK_TEST;
    const isForNew = isElsewhere && !isOnce && verdict.outcome !== "delivered";
    return isForNew ? { outcome: "again", at: now } : verdict;
  }
}

/** `from`: the address of a webhook that it came from, or did not. */
type Answered = Answer & { from?: string | undefined };

/** Who was told all, or takes nothing any more, is told nothing again. */
function settleTurn(tables: Tables, kept: KeptTurnHook, { outcome }: Verdict): void {
  const hasMore = tables.deliveries.waiting(kept.hook.id).rows > 0;
  if (outcome === "failed" || (kept.isOver && !hasMore)) forget(tables, kept);
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
