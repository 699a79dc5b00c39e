import { type Answer, type Verdict, verdictOn } from "../../../engine/user/webhook-rules";
import { describeError, logError } from "../../../platform/platform-log";
import { unseal } from "../../../platform/sealing";
import type { Settings } from "../../../platform/settings";
import { newId } from "../../../protocol/ids";
import { LIMITS } from "../../../protocol/limits";
import { toTimestamp } from "../../../protocol/time";
import type { UserEvent, UserFact } from "../../../protocol/user-events";
import type { Webhook } from "../../../protocol/webhooks";
import type { Deadlines } from "../deadlines";
import type { UserFaultPoint } from "../surroundings";
import { Tables } from "../tables";
import type { DeliveryRow } from "./delivery-table";
import { postWebhook } from "./webhook-request";
import type { KeptWebhook } from "./webhook-table";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** Requests to one endpoint at a time, each of another task. */
const AT_ONCE = 4;
/** Milliseconds after which an attempt whose object has died is made again: longer than one takes. */
const LEASE_MS = 20_000;
const TOO_MUCH = `More than ${LIMITS.deliveriesWaiting} deliveries were waiting.`;

export type WebhookSettings = Pick<
  Settings,
  "ALLOW_PRIVATE_TARGETS" | "SECRETS_KEY" | "WEBHOOK_RETRY_INITIAL_MS"
>;

type Parts = {
  storage: DurableObjectStorage;
  now: () => number;
  deadlines: Deadlines;
  settings: WebhookSettings;
  fault: (point: UserFaultPoint) => void;
  /** Keeps the object alive while the promise is pending. */
  hold: (work: Promise<unknown>) => void;
  /** One transaction; what it gives is put into the user's log. */
  write: (facts: (tables: Tables, now: number) => UserFact[]) => void;
};

/** What the secret of a webhook is sealed for. */
export function secretIdentity(webhookId: string): string {
  return `webhook/${webhookId}`;
}

/**
 * A queue for each endpoint: in order per task, at least once. What is to be sent and when is in the
 * tables; in memory is only what is on its way, so that a restart loses nothing.
 */
export class WebhookQueue {
  readonly #parts: Parts;
  /** Deliveries that are on their way, and to which webhook. */
  readonly #onTheWay = new Map<string, string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** In the transaction that writes the events. Gives what the user is to hear of it. */
  add(tables: Tables, events: UserEvent[]): UserFact[] {
    if (events.length === 0) return [];
    const now = this.#parts.now();
    const facts: UserFact[] = [];
    for (const { webhook } of tables.webhooks.all()) {
      if (webhook.status === "paused") continue;
      for (const event of events.filter((item) => isWanted(webhook, item))) {
        const { type, ts: timestamp, data } = event;
        tables.deliveries.add({
          id: newId("dlv", now),
          webhookId: webhook.id,
          taskId: taskOf(event) ?? "",
          type,
          payload: JSON.stringify({ type, timestamp, data }),
          now,
        });
      }
      if (tables.deliveries.waiting(webhook.id) <= LIMITS.deliveriesWaiting) continue;
      pause(tables, webhook.id, TOO_MUCH);
      facts.push(pausedFact(webhook, TOO_MUCH, now));
    }
    return facts;
  }

  /** Starts what is due and sees to the next alarm; waits for no endpoint. */
  async look(): Promise<void> {
    const tables = Tables.find(this.#parts.storage);
    if (!tables) return;
    const times: number[] = [];
    for (const kept of tables.webhooks.all()) times.push(...this.#lookAt(tables, kept));
    const oldest = tables.deliveries.oldest();
    if (oldest !== null) {
      const due = oldest + LIMITS.deliveryDays * DAY_MS;
      times.push(Math.max(due, this.#parts.now() + HOUR_MS));
    }
    if (times.length > 0) await this.#parts.deadlines.atLatest(Math.min(...times));
  }

  async ring(): Promise<void> {
    try {
      this.#cleanUp();
    } finally {
      await this.look();
    }
  }

  /** Lets go of finished deliveries that are too old or too many. */
  #cleanUp(): void {
    const tables = Tables.find(this.#parts.storage);
    const before = this.#parts.now() - LIMITS.deliveryDays * DAY_MS;
    for (const { webhook } of tables?.webhooks.all() ?? []) {
      tables?.deliveries.prune(webhook.id, before);
    }
  }

  /** When the webhook's deliveries are due next. One webhook's fault keeps no other from its turn. */
  #lookAt(tables: Tables, kept: KeptWebhook): number[] {
    try {
      const heads = tables.deliveries.heads(kept.webhook.id);
      this.#start(kept, heads);
      const now = this.#parts.now();
      return heads.map(({ due_at }) => (due_at > now ? due_at : now + LEASE_MS));
    } catch (error) {
      logError("webhook_queue_failed", {
        webhookId: kept.webhook.id,
        causes: describeError(error),
      });
      return [];
    }
  }

  #start(kept: KeptWebhook, heads: DeliveryRow[]): void {
    const { id } = kept.webhook;
    const now = this.#parts.now();
    let busy = [...this.#onTheWay.values()].filter((webhookId) => webhookId === id).length;
    for (const head of heads) {
      if (busy >= AT_ONCE) return;
      if (head.due_at > now || this.#onTheWay.has(head.id)) continue;
      busy++;
      this.#onTheWay.set(head.id, id);
      this.#parts.hold(this.#send(kept, head));
    }
  }

  /** Never rejects: whatever goes wrong counts as no answer, and the alarm comes again. */
  async #send({ webhook, secret }: KeptWebhook, { id, payload }: DeliveryRow): Promise<void> {
    const { settings, now, fault } = this.#parts;
    try {
      fault("webhook started");
      const opened = await unseal(settings.SECRETS_KEY, secret, secretIdentity(webhook.id));
      const message = { url: webhook.url, id, payload, now: now() };
      const answer =
        opened === undefined ? {} : await postWebhook({ ...message, secret: opened }, settings);
      fault("webhook answered");
      this.#parts.write((tables) => this.#settle(tables, id, answer));
      fault("webhook noted");
    } catch (error) {
      logError("webhook_failed", {
        webhookId: webhook.id,
        deliveryId: id,
        causes: describeError(error),
      });
    } finally {
      this.#onTheWay.delete(id);
    }
    await this.look();
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
    return kept.webhook.status === "paused" ? [] : [pausedFact(kept.webhook, reason, now)];
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
  if (gone) return "The endpoint answered 410 Gone.";
  const triedSince = row.give_up_at - LIMITS.deliveryHours * HOUR_MS;
  if (succeededAt !== null && succeededAt > triedSince) return undefined;
  return `The endpoint took nothing for ${LIMITS.deliveryHours} hours.`;
}

function pause(tables: Tables, webhookId: string, reason: string): void {
  tables.webhooks.pause(webhookId, reason);
  tables.deliveries.failWaiting(webhookId);
}

function pausedFact({ id, url }: Webhook, reason: string, now: number): UserFact {
  const title = "A webhook is paused";
  const data = { webhookId: id, url };
  const notification = { kind: "webhook_paused" as const, title, body: reason, data };
  return { type: "notification", ts: toTimestamp(now), data: { notification } };
}

function isWanted({ events, taskId }: Webhook, event: UserEvent): boolean {
  return events.includes(event.type) && (taskId === undefined || taskId === taskOf(event));
}

function taskOf(event: UserEvent): string | undefined {
  switch (event.type) {
    case "task:created":
      return event.data.task.id;
    case "notification":
      return event.data.notification.taskId;
    default:
      return event.data.taskId;
  }
}
