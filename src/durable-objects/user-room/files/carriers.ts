import { describeError, logError } from "../../../platform/platform-log";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import type { Attachment } from "../../../protocol/files/attachment";
import { LIMITS } from "../../../protocol/limits";
import { attachmentOf } from "../../../protocol/rooms/files";
import type { CarriedFiles } from "../../task-room/api";
import type { ShareFiles } from "../api";
import { PAUSE_MS } from "../deadlines";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";
import type { Carrier, Carrying } from "./carrier-table";
import type { Removals } from "./removals";

type Parts = Pick<Surroundings, "storage" | "now" | "deadlines" | "rooms" | "fault"> & {
  removals: Removals;
};

/** Milliseconds after which a task is asked whether it has become a carrier, and again. */
const ASK_AFTER_MS = 60_000;
/** The most for which a room that can't be reached is left alone. */
const LONGEST_MS = 10 * 60_000;
/** Rows that one alarm asks about. */
const AT_ONCE = 500;

const TOO_MANY = refuse("quota_exceeded", `${LIMITS.tasksPerFile} tasks carry this file already.`);

/**
 * Which tasks carry the user's files. A task is taken for a carrier before it commits the message that makes
 * it one, and asked afterwards: its answer is final, because a room knows of its own work.
 */
export class Carriers {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Where one of them is not there, nothing is claimed, and those that are there are given. */
  async claim(taskId: string, fileIds: readonly string[]): Promise<Outcome<Attachment[]>> {
    const claimed = await this.#claiming((tables): Outcome<Attachment[]> => {
      const rows = fileIds.map((id) => tables?.files.get(id));
      const found = rows.flatMap((row) => (row?.sha256 ? [row] : []));
      const carryings = found.map(({ id }) => ({ fileId: id, taskId }));
      if (tables && found.length === rows.length) {
        if (carryings.some((carrying) => isFull(tables, carrying))) return refused(TOO_MANY);
        for (const carrying of carryings) this.note(tables, carrying);
      }
      return accepted(found.map(attachmentOf));
    });
    this.#parts.fault("files claimed at home");
    return claimed;
  }

  share({ from, to, fileIds, isPartial = false }: ShareFiles): Promise<Outcome<string[]>> {
    return this.#claiming((tables): Outcome<string[]> => {
      if (!tables) return accepted([]);
      const carried = fileIds.filter(
        (fileId) =>
          tables.files.get(fileId)?.sha256 && tables.carriers.has({ fileId, taskId: from }),
      );
      const shared = carried.filter((fileId) => !isFull(tables, { fileId, taskId: to }));
      if (shared.length < carried.length && !isPartial) return refused(TOO_MANY);
      for (const fileId of shared) this.note(tables, { fileId, taskId: to });
      return accepted(shared);
    });
  }

  /** Within a transaction: the task is to be asked. Whoever calls sees to the alarm. */
  note({ carriers }: Tables, carrying: Carrying): void {
    const now = this.#parts.now();
    carriers.claim(carrying, now, now + ASK_AFTER_MS);
  }

  async settle(taskId: string): Promise<void> {
    const tables = Tables.find(this.#parts.storage);
    const unknown = tables?.carriers.unknownOf(taskId) ?? [];
    if (unknown.length === 0) return;
    await this.#ask(taskId, unknown);
    await this.rearm();
  }

  /** What the task was only taken for a carrier of, and is not among the `carried`, is as it was before. */
  async release(taskId: string, carried?: readonly string[]): Promise<void> {
    const { storage, removals } = this.#parts;
    const tables = Tables.find(storage);
    if (!tables || tables.carriers.filesOf(taskId).length === 0) return;
    await removals.after(() =>
      storage.transactionSync(() => {
        const { carriers, files } = tables;
        const fileIds = carriers.filesOf(taskId);
        carriers.dropTask(taskId);
        const lone = fileIds.filter((fileId) => carriers.countOf(fileId) === 0);
        const sent = new Set(carried ?? fileIds);
        removals.letGo(
          tables,
          lone.filter((fileId) => sent.has(fileId)),
        );
        for (const fileId of lone) files.mayGo(fileId, this.#parts.now());
      }),
    );
    await this.rearm();
  }

  async ring(): Promise<void> {
    const tables = Tables.find(this.#parts.storage);
    if (!tables) return;
    try {
      const due = tables.carriers.due(this.#parts.now(), AT_ONCE);
      const byTask = Map.groupBy(due, ({ taskId }) => taskId);
      await Promise.all([...byTask].map(([taskId, carriers]) => this.#ask(taskId, carriers)));
    } finally {
      await this.rearm();
    }
  }

  async rearm(): Promise<void> {
    const { storage, now, deadlines } = this.#parts;
    const tables = Tables.find(storage);
    // What was taken for carried may be due since long.
    for (const next of [tables?.carriers.next(), tables?.files.next()]) {
      if (typeof next === "number") await deadlines.atLatest(Math.max(next, now() + PAUSE_MS));
    }
  }

  /** The alarm before the fact, and after it: it may have rung in between. */
  async #claiming<T>(claim: (tables: Tables | null) => T): Promise<T> {
    const { storage, now, deadlines } = this.#parts;
    await deadlines.atLatest(now() + ASK_AFTER_MS);
    const claimed = storage.transactionSync(() => claim(Tables.find(storage)));
    await this.rearm();
    return claimed;
  }

  /** Never rejects: a room that can't be reached is asked again, and holds up no other. */
  async #ask(taskId: string, asked: Carrier[]): Promise<void> {
    const { storage, rooms, now } = this.#parts;
    try {
      const fileIds = asked.map(({ fileId }) => fileId);
      const answer = await rooms.carries(taskId, fileIds);
      storage.transactionSync(() => this.#hear(Tables.make(storage), asked, answer));
    } catch (error) {
      logError("carrier_not_asked", { taskId, causes: describeError(error) });
      this.#putOff(asked, now());
    }
  }

  #hear(tables: Tables, asked: Carrier[], { carried, pending }: CarriedFiles): void {
    const { carriers, files } = tables;
    const now = this.#parts.now();
    const isPending = ({ fileId }: Carrier) => pending.includes(fileId);
    this.#putOff(asked.filter(isPending), now);
    for (const carrier of asked) {
      const { fileId } = carrier;
      if (carried.includes(fileId)) {
        if (carriers.know(carrier)) files.stay(fileId);
      } else if (!isPending(carrier) && carriers.drop(carrier) && !carriers.isKnown(fileId)) {
        files.mayGo(fileId, now);
      }
    }
  }

  /** For as long as it has been tried. */
  #putOff(asked: Carrier[], now: number): void {
    const carriers = Tables.find(this.#parts.storage)?.carriers;
    for (const carrier of asked) {
      const wait = Math.min(Math.max(now - carrier.since, ASK_AFTER_MS), LONGEST_MS);
      carriers?.putOff(carrier, now + wait);
    }
  }
}

function isFull({ carriers }: Tables, carrying: Carrying): boolean {
  return !carriers.has(carrying) && carriers.countOf(carrying.fileId) >= LIMITS.tasksPerFile;
}
