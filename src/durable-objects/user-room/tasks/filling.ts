import { type UserTask, userKeys, userTasks } from "../../../history/user-tasks";
import { inTime } from "../../../platform/in-time";
import { describeError, logError } from "../../../platform/platform-log";
import { LIMITS } from "../../../protocol/limits";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";
import type { Progress } from "./filling-table";

const PAGE = 200;
/** Milliseconds that the database may take for a page. */
const PAGE_MS = 5000;
/** Milliseconds that a caller waits for all of it; what is left goes on meanwhile. */
const PATIENCE_MS = 10_000;
const DAY_MS = LIMITS.idempotencyHours * 60 * 60 * 1000;

type Around = Pick<Surroundings, "storage" | "now" | "hold"> & { database: () => D1Database };

/**
 * Fills the list of a home that is older than its list from the database, once: page by page, and from
 * where it was, should the home die. What rooms say meanwhile is newer and stands; of what may be newer
 * in a room than in the database, or was told to this home alone, the room is asked.
 */
export class Filling {
  readonly #around: Around;
  #working: Promise<void> | undefined;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Whether the list is whole; goes on with it where it is not. Never rejects. */
  async isDone(userId: string): Promise<boolean> {
    if (this.#isOver()) return true;
    this.#working ??= this.#work(userId).finally(() => {
      this.#working = undefined;
    });
    const { hold } = this.#around;
    const work = this.#working.catch((error: unknown) => {
      logError("list_not_filled", { causes: describeError(error) });
    });
    hold(work);
    await inTime(PATIENCE_MS, () => work).catch(() => undefined);
    return this.#isOver();
  }

  #isOver(): boolean {
    const tables = Tables.find(this.#around.storage);
    return !tables || tables.filling.get().phase === "done";
  }

  async #work(userId: string): Promise<void> {
    while (!this.#isOver()) {
      const { storage } = this.#around;
      const from = Tables.make(storage).filling.get();
      const write = await this.#read(userId, from);
      storage.transactionSync(() => {
        const tables = Tables.make(storage);
        tables.filling.put(write(tables));
      });
    }
  }

  /** The next page, as what is to be written of it. */
  #read(userId: string, { phase, after }: Progress): Promise<(tables: Tables) => Progress> {
    return phase === "tasks" ? this.#tasks(userId, after) : this.#keys(userId, after);
  }

  async #tasks(userId: string, after: string): Promise<(tables: Tables) => Progress> {
    const { database } = this.#around;
    const rows = await inTime(PAGE_MS, () => userTasks(database(), userId, after, PAGE));
    return (tables) => {
      for (const row of rows) fill(tables, userId, row);
      const last = rows.at(-1);
      const isLast = rows.length < PAGE || !last;
      return isLast ? { phase: "keys", after: "" } : { phase: "tasks", after: last.entry };
    };
  }

  async #keys(userId: string, after: string): Promise<(tables: Tables) => Progress> {
    const { database, now } = this.#around;
    const page = { after, now: now(), limit: PAGE };
    const rows = await inTime(PAGE_MS, () => userKeys(database(), userId, page));
    return ({ claims, tasks }) => {
      for (const { key: name, bodyHash, taskId, createdAt } of rows) {
        const kind = "once" as const;
        if (createdAt <= page.now - DAY_MS || claims.get(kind, name, page.now)) continue;
        const isMade = tasks.get(taskId) !== undefined;
        claims.put({ kind, name, bodyHash, taskId, answer: "made", isMade }, createdAt);
      }
      const last = rows.at(-1);
      const isLast = rows.length < PAGE || !last;
      return isLast ? { phase: "done", after: "" } : { phase: "keys", after: last.key };
    };
  }
}

function fill(tables: Tables, userId: string, { taskId, task, entry, projectedSeq }: UserTask) {
  if (!task) return tables.wanted.add(taskId);
  const inviter = task.createdBy === userId ? "" : task.createdBy;
  // A little older than what it says: what the same room says at the same `seq` is more.
  const isNew = tables.tasks.put({ task, seq: projectedSeq - 1, inviter, entry });
  const isBehind = tables.heard.seqOf(task) > projectedSeq;
  if (isNew && (isBehind || task.status === "RUNNING")) tables.wanted.add(taskId);
  tables.heard.list(taskId);
}
