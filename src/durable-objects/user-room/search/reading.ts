import { inTime } from "../../../platform/in-time";
import { describeError, logError } from "../../../platform/platform-log";
import type { Refusal } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import { LIMITS } from "../../../protocol/limits";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";
import type { Unread } from "./shelf-table";

/** Rooms that are asked at the same time. */
const AT_ONCE = 10;
/** Milliseconds that a search waits for what is still to be asked for; it goes on meanwhile. */
const PATIENCE_MS = 3000;
/** Milliseconds of one piece of the alarm's work. */
const RING_MS = 20_000;
/** Milliseconds for which a room that could not be asked is left alone; doubled with each failure. */
const FIRST_MS = 1000;
const LONGEST_MS = 60 * 60 * 1000;

type Around = Pick<Surroundings, "storage" | "now" | "rooms" | "hold" | "deadlines">;

/**
 * Asks rooms for the messages that they have not told: of tasks from before there was a search, of those
 * that the user came into later, and where a home has missed something. Page by page, and from where it was,
 * should the home die. It begins with the user's first search.
 */
export class Reading {
  readonly #around: Around;
  #working: Promise<void> | undefined;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Whether all is there; goes on with what is not, and waits a little. Never rejects. */
  async settle(userId: string): Promise<boolean> {
    const tables = Tables.find(this.#around.storage);
    if (!tables) return true;
    tables.owner.put(userId);
    if (this.#unreadAt() === undefined) return true;
    const work = this.#work();
    this.#around.hold(work);
    await inTime(PATIENCE_MS, () => work).catch(() => undefined);
    return this.#unreadAt() === undefined;
  }

  async ring(): Promise<void> {
    const owner = Tables.find(this.#around.storage)?.owner.get();
    if (owner === undefined || this.#unreadAt() === undefined) return;
    await inTime(RING_MS, () => this.#work()).catch(() => undefined);
    await this.#rearm();
  }

  #work(): Promise<void> {
    this.#working ??= this.#readAll()
      .catch((error: unknown) => {
        logError("messages_not_read", { causes: describeError(error) });
      })
      .finally(() => {
        this.#working = undefined;
      });
    return this.#working;
  }

  async #readAll(): Promise<void> {
    await this.#rearm();
    for (;;) {
      const due = Tables.find(this.#around.storage)?.shelves.unread(this.#around.now(), AT_ONCE);
      if (!due || due.length === 0) break;
      await Promise.all(due.map((unread) => this.#read(unread)));
    }
    await this.#rearm();
  }

  /** One page of one task. */
  async #read(unread: Unread): Promise<void> {
    const { storage, rooms } = this.#around;
    const { taskId, before } = unread;
    const tables = Tables.make(storage);
    if (before === "") tables.shelves.begin(taskId);
    try {
      const cursor = before === "" ? {} : { cursor: before };
      const query = { taskId, limit: LIMITS.pageItems, ...cursor };
      const page = await rooms.messages(readerFor(tables.owner.get() ?? ""), query);
      if (page.ok) {
        const { items, nextCursor } = page.value;
        storage.transactionSync(() => tables.shelves.fill(unread, items, nextCursor));
      } else this.#refused(tables, unread, page.refusal);
    } catch (error) {
      this.#fail(unread, error);
    }
  }

  #refused({ shelves }: Tables, unread: Unread, { code }: Refusal): void {
    // The message at which the next page began may be gone.
    if (code === "invalid_request") shelves.restart(unread.shelf);
    // The list hears from the room that the user is out of it.
    if (code === "not_found") shelves.leave(unread.shelf);
    else this.#fail(unread, new Error(code));
  }

  #fail({ taskId, shelf, failures }: Unread, error: unknown): void {
    logError("task_not_read", { taskId, causes: describeError(error) });
    const wait = Math.min(FIRST_MS * 2 ** Math.min(failures, 20), LONGEST_MS);
    const { storage, now } = this.#around;
    Tables.find(storage)?.shelves.fail(shelf, failures + 1, now() + wait);
  }

  #unreadAt(): number | undefined {
    return Tables.find(this.#around.storage)?.shelves.unreadAt();
  }

  async #rearm(): Promise<void> {
    const at = this.#unreadAt();
    const { deadlines, now } = this.#around;
    if (at !== undefined) await deadlines.atLatest(Math.max(at, now() + FIRST_MS));
  }
}

function readerFor(userId: string): Principal {
  return { userId, scope: "read", expiresAt: null };
}
