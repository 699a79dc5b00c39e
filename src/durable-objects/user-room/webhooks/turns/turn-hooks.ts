import { seal } from "../../../../platform/sealing";
import { checkTarget } from "../../../../platform/target";
import { accepted, type Outcome, type Refusal, refuse, refused } from "../../../../protocol/errors";
import { newId } from "../../../../protocol/ids";
import { LIMITS } from "../../../../protocol/limits";
import type { NewTurnHook, TurnHook, TurnNews } from "../../../../protocol/rooms/turn-hook";
import { TIME_MARK } from "../../../../protocol/rooms/turn-hook";
import { toTimestamp } from "../../../../protocol/time";
import type { TaskNews } from "../../api";
import { Tables } from "../../tables";
import type { WebhookQueue } from "../webhook-queue";
import { secretIdentity, type WebhookSettings } from "../webhook-sender";
import { NO_KEY } from "../webhooks";
import { forget } from "./forget";

const FULL = refuse(
  "conflict",
  `A turn is told to at most ${LIMITS.turnHooksPerTurn} addresses, a user's turns to ${LIMITS.turnHooks} together.`,
);
const NO_TASK = refuse("not_found", "There is no such task.");
const OVER = new Set<TurnNews["status"]>(["COMPLETED", "FAILED", "INTERRUPTED"]);

type Parts = {
  storage: DurableObjectStorage;
  now: () => number;
  settings: WebhookSettings;
  queue: WebhookQueue;
};

/** Addresses that hear of one turn each: when it waits for somebody, and when it is over. */
export class TurnHooks {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** One of the same name is replaced. */
  async put({ headers, ...input }: NewTurnHook): Promise<Outcome<TurnHook>> {
    const refusal = this.#objection(input);
    if (refusal) return refused(refusal);
    const { storage, now } = this.#parts;
    const hook = { ...input, id: newId("hook", now()), createdAt: toTimestamp(now()) };
    const sealed = await this.#seal(JSON.stringify(headers), hook.id);
    if (sealed === undefined) return refused(NO_KEY);
    return storage.transactionSync((): Outcome<TurnHook> => {
      const tables = Tables.make(storage);
      // Others may have been put, or the task have gone, while it was looked at and sealed.
      const refusal = tables.tasks.goneAt(hook.taskId) ? NO_TASK : this.#objection(input);
      if (refusal) return refused(refusal);
      const before = tables.turnHooks.named(hook.turnId, hook.name);
      if (before) forget(tables, before);
      tables.turnHooks.put(hook, sealed);
      return accepted(hook);
    });
  }

  ofTurn(turnId: string): TurnHook[] {
    const kept = Tables.find(this.#parts.storage)?.turnHooks.ofTurn(turnId) ?? [];
    return kept.map(({ hook }) => hook);
  }

  remove(turnId: string, name: string): void {
    const { storage } = this.#parts;
    storage.transactionSync(() => {
      const tables = Tables.find(storage);
      const kept = tables?.turnHooks.named(turnId, name);
      if (tables && kept) forget(tables, kept);
    });
  }

  /** Within a transaction: the task is gone, or the user is none of its members any more. */
  forgetTask(tables: Tables, taskId: string): void {
    for (const kept of tables.turnHooks.ofTask(taskId)) forget(tables, kept);
  }

  /** What was found out of a turn, besides what its room tells: it may come twice. */
  async tell(taskId: string, news: TurnNews): Promise<void> {
    const { storage, queue } = this.#parts;
    storage.transactionSync(() => {
      const tables = Tables.find(storage);
      if (tables) this.#queue(tables, taskId, "", news);
    });
    await queue.look();
  }

  /** In the transaction that writes what a room tells. */
  hear(tables: Tables, { taskId, epoch, turns = [], items }: TaskNews): void {
    for (const news of turns) this.#queue(tables, taskId, epoch, news);
    if (items.some(({ event }) => event.type === "task:deleted")) this.forgetTask(tables, taskId);
  }

  #queue(tables: Tables, taskId: string, epoch: string, news: TurnNews): void {
    const { turnId, status, ts } = news;
    for (const kept of tables.turnHooks.ofTurn(turnId)) {
      const { hook, told, isOver } = kept;
      const body = hook.bodies[status];
      if (isOver || hook.taskId !== taskId || !body || !isFresh(told, epoch, news)) continue;
      const payload = JSON.stringify(body).replaceAll(
        JSON.stringify(TIME_MARK),
        JSON.stringify(ts),
      );
      const now = this.#parts.now();
      const id = newId("dlv", now);
      const line = { id, webhookId: hook.id, taskId, type: "task:status" as const };
      tables.deliveries.add({ ...line, payload, now });
      const mark = news.seq === undefined ? told : `${epoch} ${news.seq}`;
      tables.turnHooks.mark(hook.id, mark, OVER.has(status));
    }
  }

  #objection({ url, turnId, name }: Pick<NewTurnHook, "url" | "turnId" | "name">) {
    return this.#whyFull(turnId, name) ?? this.#whyNot(url);
  }

  #whyFull(turnId: string, name: string): Refusal | undefined {
    const table = Tables.find(this.#parts.storage)?.turnHooks;
    if (!table || table.named(turnId, name)) return undefined;
    const isFull =
      table.count(turnId) >= LIMITS.turnHooksPerTurn || table.count() >= LIMITS.turnHooks;
    return isFull ? FULL : undefined;
  }

  #whyNot(url: string): Refusal | undefined {
    const allowPrivate = this.#parts.settings.ALLOW_PRIVATE_TARGETS;
    const target = checkTarget(url, { allowPrivate });
    if (target.ok) return undefined;
    const issues = [{ path: "url", message: target.reason }];
    return refuse("invalid_request", `The address ${target.reason}.`, { issues });
  }

  async #seal(text: string, id: string): Promise<string | undefined> {
    const [key, ...older] = this.#parts.settings.SECRETS_KEY;
    return key === undefined ? undefined : seal([key, ...older], text, secretIdentity(id));
  }
}

/** Whether it is later than what was told last of the same log. */
function isFresh(told: string, epoch: string, { seq }: TurnNews): boolean {
  const [log, last] = told.split(" ");
  return seq === undefined || log !== epoch || seq > Number(last);
}
