import * as z from "zod";
import { fitted } from "../../../engine/user/mailbox-rules";
import { BAD_CURSOR, decodeCursor, encodeCursor } from "../../../protocol/cursor";
import { accepted, type Outcome, refused } from "../../../protocol/errors";
import { newId } from "../../../protocol/ids";
import { LIMITS } from "../../../protocol/limits";
import type {
  AckNotifications,
  ListNotifications,
  UnreadCount,
} from "../../../protocol/rest/notifications";
import type { Page } from "../../../protocol/rest/page";
import type { Task } from "../../../protocol/task";
import { toTimestamp } from "../../../protocol/time";
import type {
  KeptNotification,
  UserEvent,
  UserFact,
  UserState,
} from "../../../protocol/user-events";
import type { TaskNews } from "../api";
import type { UserSockets } from "../arrival/user-sockets";
import type { Deadlines } from "../deadlines";
import type { UserFaultPoint } from "../surroundings";
import { Tables } from "../tables";

const DAY_MS = 24 * 60 * 60 * 1000;
const KEPT_MS = LIMITS.notificationDays * DAY_MS;
/** The least time from one clean-up to the next: lists leave out what is too old by themselves. */
const CLEAN_UP_EVERY_MS = 60 * 60 * 1000;

const notificationCursor = z.strictObject({ beforeSeq: z.int().min(1) });

/** Whose task it comes from: see `TaskNews`. */
type Origin = { now: number; inviter: string };

type Parts = {
  storage: DurableObjectStorage;
  now: () => number;
  sockets: UserSockets;
  deadlines: Deadlines;
  /** In the transaction that writes what a room tells: whoever else hears it as it came. */
  hear: (tables: Tables, news: TaskNews) => Task | undefined;
  /** In the transaction that writes the events: whoever else is to be told of them, and what comes of it. */
  queue: (tables: Tables, events: UserEvent[], inviter: string) => UserFact[];
  fault: (point: UserFaultPoint) => void;
};

/** The user's log and notifications (contract section 7). */
export class Mailbox {
  readonly #parts: Parts;
  /** The alarm is set for the next clean-up; what comes later is due later. */
  #isArmed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async deliver(news: TaskNews): Promise<void> {
    this.#parts.fault("before hearing");
    let changed: Task | undefined;
    const before = news.left === undefined ? undefined : this.#unreadNow();
    this.write((tables, now) => {
      const fresh = tables.heard.fresh(news, tables.tasks.goneAt(news.taskId));
      const last = fresh.at(-1);
      if (last) tables.heard.mark(news, last, now);
      changed = this.#parts.hear(tables, news);
      return fresh.map(({ event }) => event);
    }, news.inviter);
    if (changed) this.#parts.sockets.send([this.#updatedEvent(changed)]);
    this.#tellUnread(before);
    this.#parts.fault("after hearing");
    await this.rearm();
  }

  /** One transaction with whatever the caller writes; the devices hear of the facts after. */
  write(facts: (tables: Tables, now: number) => UserFact[], inviter = ""): void {
    const { storage, sockets } = this.#parts;
    const now = this.#parts.now();
    const events = storage.transactionSync(() => {
      const tables = Tables.make(storage);
      const told = facts(tables, now);
      const before = told.some(mayChangeUnread) ? this.#unread(tables) : undefined;
      const written = this.#append(tables, told, { now, inviter });
      if (!written.some(mayChangeUnread)) return written;
      const count = this.#unread(tables);
      return count === before ? written : [...written, this.unreadEvent(tables)];
    });
    sockets.send(events);
  }

  #append(tables: Tables, facts: UserFact[], origin: Origin): UserEvent[] {
    const { now } = origin;
    tables.log.epoch(now);
    const { last } = tables.log.bounds();
    const events = facts.map((fact, i) => numbered(fact, last + 1 + i, now));
    for (const event of events) {
      tables.log.append(event, now);
      if (event.type === "task:deleted") tables.notifications.forgetTask(event.data.taskId);
      if (event.type !== "notification") continue;
      tables.notifications.add(event.seq, event.data.notification, origin);
    }
    const further = this.#parts.queue(tables, events, origin.inviter);
    // It ends: what a queue gives, that its webhook is paused, comes once.
    return further.length > 0
      ? [...events, ...this.#append(tables, further, { now, inviter: "" })]
      : events;
  }

  list(query: ListNotifications): Outcome<Page<KeptNotification>> {
    const { cursor, limit, unread = false } = query;
    const from = cursor === undefined ? undefined : decodeCursor(notificationCursor, cursor);
    if (cursor !== undefined && !from) return refused(BAD_CURSOR);
    const tables = Tables.find(this.#parts.storage);
    const filter = { unread, since: this.#since(), before: from?.beforeSeq, limit: limit + 1 };
    const found = tables?.notifications.list(filter) ?? [];
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return accepted({
      items: shown.map(({ notification }) => notification),
      nextCursor: found.length > limit && last ? encodeCursor({ beforeSeq: last.seq }) : null,
    });
  }

  acknowledge(which: AckNotifications): Outcome<UnreadCount> {
    const { storage, now } = this.#parts;
    const tables = Tables.find(storage);
    if (!tables) return accepted({ unread: 0 });
    const before = this.#unread(tables);
    storage.transactionSync(() => tables.notifications.acknowledge(which, now()));
    this.#tellUnread(before);
    return accepted({ unread: this.#unread(tables) });
  }

  /** One transaction with whatever else the user lets go of with a task; the devices hear of it after. */
  forget(act: (tables: Tables) => void): void {
    const { storage } = this.#parts;
    const tables = Tables.find(storage);
    if (!tables) return;
    const before = this.#unread(tables);
    storage.transactionSync(() => act(tables));
    this.#tellUnread(before);
  }

  /** Within a transaction: the task is gone for this user, and what was said of it goes too. */
  forgetTask({ notifications, heard }: Tables, taskId: string): void {
    notifications.forgetTask(taskId);
    heard.leave(taskId);
  }

  /** What a device starts from. */
  state(tables: Tables): UserState {
    const limit = LIMITS.defaultPageItems;
    const newest = tables.notifications.list({ unread: true, since: this.#since(), limit });
    const notifications = newest.map(({ notification }) => notification);
    return { unread: this.#unread(tables), notifications };
  }

  unreadEvent(tables: Tables) {
    const data = { count: this.#unread(tables) };
    return { type: "unread" as const, ts: toTimestamp(this.#parts.now()), data };
  }

  #updatedEvent(task: Task) {
    const ts = toTimestamp(this.#parts.now());
    return { type: "task:updated" as const, ts, data: { task } };
  }

  async ring(): Promise<void> {
    try {
      this.#cleanUp();
    } finally {
      this.#isArmed = false;
      await this.rearm();
    }
  }

  /** Lets go of what is older than 30 days. */
  #cleanUp(): void {
    const { storage } = this.#parts;
    const tables = Tables.find(storage);
    if (!tables) return;
    const before = this.#since();
    const was = tables.notifications.unread(0);
    storage.transactionSync(() => {
      for (const table of [tables.log, tables.notifications, tables.heard]) table.prune(before);
    });
    this.#tellUnread(was);
  }

  async rearm(): Promise<void> {
    if (this.#isArmed) return;
    const tables = Tables.find(this.#parts.storage);
    const times = [tables?.log.oldest(), tables?.notifications.oldest()];
    const oldest = times.filter((time) => typeof time === "number");
    if (oldest.length === 0) return;
    const due = Math.min(...oldest) + KEPT_MS;
    await this.#parts.deadlines.atLatest(Math.max(due, this.#parts.now() + CLEAN_UP_EVERY_MS));
    this.#isArmed = true;
  }

  /** The devices hear how many are unread where that is another number than before. */
  #tellUnread(before: number | undefined): void {
    const { storage, sockets } = this.#parts;
    const tables = Tables.find(storage);
    if (before === undefined || !tables || this.#unread(tables) === before) return;
    sockets.send([this.unreadEvent(tables)]);
  }

  #unreadNow(): number {
    const tables = Tables.find(this.#parts.storage);
    return tables ? this.#unread(tables) : 0;
  }

  #unread(tables: Tables): number {
    return tables.notifications.unread(this.#since());
  }

  #since(): number {
    return this.#parts.now() - KEPT_MS;
  }
}

function mayChangeUnread({ type }: UserFact | UserEvent): boolean {
  return type === "notification" || type === "task:deleted";
}

function numbered(fact: UserFact, seq: number, now: number): UserEvent {
  if (fact.type !== "notification") return { ...fact, seq };
  const { notification } = fact.data;
  const named = { ...fitted(notification), id: newId("ntf", now), createdAt: fact.ts };
  return { type: fact.type, seq, ts: fact.ts, data: { notification: named } };
}
