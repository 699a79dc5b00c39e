import { describeError, logError } from "../../../platform/platform-log";
import { newId } from "../../../protocol/ids";
import { LIMITS } from "../../../protocol/limits";
import type { UserEvent, UserFact } from "../../../protocol/user-events";
import type { Deadlines } from "../deadlines";
import { Tables } from "../tables";
import type { Head } from "./delivery-table";
import { pause, pausedFact } from "./pause";
import { type SenderParts, WebhookSender } from "./webhook-sender";
import type { WebhookBody } from "./webhook-table";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** Requests to one endpoint at a time, each of another task. */
const AT_ONCE = 4;
/** Milliseconds after which an attempt whose object has died is made again: longer than one takes. */
const LEASE_MS = 20_000;
const MIB = 1024 * 1024;
const TOO_MANY = `More than ${LIMITS.deliveriesWaiting} deliveries were waiting.`;
const TOO_LARGE = `More than ${LIMITS.deliveriesWaitingBytes / MIB} MiB of deliveries were waiting.`;

type Parts = SenderParts & {
  deadlines: Deadlines;
  /** Keeps the object alive while the promise is pending. */
  hold: (work: Promise<unknown>) => void;
};

/**
 * A queue for each endpoint: in order per task, at least once. What is to be sent and when is in the
 * tables; in memory is only what is on its way, so that a restart loses nothing.
 */
export class WebhookQueue {
  readonly #parts: Parts;
  readonly #sender: WebhookSender;
  /** Deliveries that are on their way, and to which webhook. */
  readonly #onTheWay = new Map<string, string>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#sender = new WebhookSender(parts);
  }

  /**
   * In the transaction that writes the events; `inviter` made their task, empty where the user did. Gives
   * what the user is to hear of it.
   */
  add(tables: Tables, events: UserEvent[], inviter: string): UserFact[] {
    if (events.length === 0) return [];
    const now = this.#parts.now();
    return tables.webhooks.all().flatMap(({ body, status }) => {
      if (status === "paused") return [];
      for (const event of events.filter((item) => isWanted(body, item))) {
        const { type, ts: timestamp, data } = event;
        const payload = JSON.stringify({ type, timestamp, data });
        const taskId = taskOf(event) ?? "";
        tables.deliveries.add({
          id: newId("dlv", now),
          webhookId: body.id,
          taskId,
          type,
          payload,
          inviter,
          now,
        });
      }
      const reason = whyFull(tables.deliveries.waitingOfOwn(body.id));
      if (reason === undefined) return [];
      pause(tables, body.id, reason);
      return [pausedFact(body, reason, now)];
    });
  }

  /** Starts what is due and sees to the next alarm; waits for no endpoint. */
  async look(): Promise<void> {
    const tables = Tables.find(this.#parts.storage);
    if (!tables) return;
    const times: number[] = [];
    for (const { body } of tables.webhooks.all()) times.push(...this.#lookAt(tables, body.id));
    for (const { hook } of tables.turnHooks.waiting()) times.push(...this.#lookAt(tables, hook.id));
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
    for (const { body } of tables?.webhooks.all() ?? []) {
      tables?.deliveries.prune(body.id, before);
    }
  }

  /** When the webhook's deliveries are due next. One webhook's fault keeps no other from its turn. */
  #lookAt(tables: Tables, webhookId: string): number[] {
    try {
      // Those that are on their way may come first, and as many again may be started.
      const heads = tables.deliveries.heads(webhookId, 2 * AT_ONCE);
      this.#start(webhookId, heads);
      const now = this.#parts.now();
      return heads.map(({ dueAt }) => (dueAt > now ? dueAt : now + LEASE_MS));
    } catch (error) {
      logError("webhook_queue_failed", { webhookId, causes: describeError(error) });
      return [];
    }
  }

  #start(id: string, heads: Head[]): void {
    const now = this.#parts.now();
    let busy = [...this.#onTheWay.values()].filter((webhookId) => webhookId === id).length;
    for (const head of heads) {
      if (busy >= AT_ONCE) return;
      if (head.dueAt > now || this.#onTheWay.has(head.id)) continue;
      busy++;
      this.#onTheWay.set(head.id, id);
      this.#parts.hold(this.#send(id, head));
    }
  }

  /** Never rejects: whatever goes wrong counts as no answer, and the alarm comes again. */
  async #send(webhookId: string, { id }: Head): Promise<void> {
    try {
      await this.#sender.send(webhookId, id);
    } catch (error) {
      const causes = describeError(error);
      logError("webhook_failed", { webhookId, deliveryId: id, causes });
    } finally {
      this.#onTheWay.delete(id);
    }
    await this.look();
  }
}

function whyFull({ rows, bytes }: { rows: number; bytes: number }): string | undefined {
  if (rows > LIMITS.deliveriesWaiting) return TOO_MANY;
  return bytes > LIMITS.deliveriesWaitingBytes ? TOO_LARGE : undefined;
}

function isWanted({ events, taskId }: WebhookBody, event: UserEvent): boolean {
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
