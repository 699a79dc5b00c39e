import { inTime } from "../../../platform/in-time";
import { describeError, logError } from "../../../platform/platform-log";
import type { Outcome } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import type { Task } from "../../../protocol/task";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";

/** Rooms that are asked at the same time. */
const AT_ONCE = 20;
/** Milliseconds that a list waits for rooms; what is left is asked for the next one. */
const PATIENCE_MS = 6000;
/** Milliseconds for which a room that could not be asked is left alone; doubled with each failure. */
const FIRST_MS = 1000;
const LONGEST_MS = 5 * 60 * 1000;

type Around = Pick<Surroundings, "storage" | "now" | "rooms" | "hold">;
type Wanted = { taskId: string; failures: number };

/** Asks rooms how their tasks are, where what the home was told is not enough for its list. */
export class WantedTasks {
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Asks all that are due, or as many as there is time for. Never rejects. */
  async settle(userId: string): Promise<void> {
    this.#addUnlisted();
    if (this.#due(1).length === 0) return;
    const work = this.#askAll(userId).catch((error: unknown) => {
      logError("tasks_not_asked", { causes: describeError(error) });
    });
    this.#around.hold(work);
    await inTime(PATIENCE_MS, () => work).catch(() => undefined);
  }

  /** What the list was not told of: the last release's code heard it, or its rooms said it. */
  #addUnlisted(): void {
    const { storage } = this.#around;
    const tables = Tables.find(storage);
    while (tables) {
      const taskIds = tables.heard.unlisted(AT_ONCE);
      if (taskIds.length === 0) return;
      storage.transactionSync(() => {
        for (const taskId of taskIds) {
          tables.wanted.add(taskId);
          tables.heard.list(taskId);
        }
      });
    }
  }

  async #askAll(userId: string): Promise<void> {
    for (;;) {
      const due = this.#due(AT_ONCE);
      if (due.length === 0) return;
      await Promise.all(due.map((wanted) => this.#ask(userId, wanted)));
    }
  }

  async #ask(userId: string, { taskId, failures }: Wanted): Promise<void> {
    const { storage, rooms, now } = this.#around;
    const before = Tables.find(storage)?.tasks.get(taskId)?.seq;
    try {
      const answer = await rooms.read(taskId, reader(userId));
      storage.transactionSync(() => this.#write(userId, taskId, before, answer));
    } catch (error) {
      logError("task_not_asked", { taskId, causes: describeError(error) });
      const wait = Math.min(FIRST_MS * 2 ** Math.min(failures, 10), LONGEST_MS);
      Tables.find(storage)?.wanted.fail(taskId, failures + 1, now() + wait);
    }
  }

  #write(userId: string, taskId: string, before: number | undefined, answer: Outcome<Task>): void {
    const { tasks, wanted, claims } = Tables.make(this.#around.storage);
    if (answer.ok) {
      const task = answer.value;
      const inviter = task.createdBy === userId ? "" : task.createdBy;
      tasks.put({ task, seq: task.headSeq, inviter });
    } else if (answer.refusal.code !== "not_found") {
      throw new Error(answer.refusal.code);
    } else if (before !== undefined) {
      // What was said of it since then is newer than this answer.
      const { epoch, seq } = tasks.get(taskId) ?? {};
      if (epoch !== undefined && seq === before) {
        tasks.remove(taskId, { epoch, seq: seq + 1 });
        claims.forgetTask(taskId);
      }
    }
    wanted.end(taskId);
  }

  #due(limit: number): Wanted[] {
    const { storage, now } = this.#around;
    return Tables.find(storage)?.wanted.due(now(), limit) ?? [];
  }
}

function reader(userId: string): Principal {
  return { userId, scope: "read", expiresAt: null };
}
