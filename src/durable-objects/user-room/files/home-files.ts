import { increment } from "../../../platform/metrics";
import type { Settings } from "../../../platform/settings";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import type { File } from "../../../protocol/files/file";
import { LIMITS } from "../../../protocol/limits";
import type { FoundFile, NewFile } from "../../../protocol/rooms/files";
import { toTimestamp } from "../../../protocol/time";
import { PAUSE_MS } from "../deadlines";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";
import type { Carriers } from "./carriers";
import type { FileRow } from "./file-table";
import type { Removals } from "./removals";

type Parts = Pick<Surroundings, "storage" | "now" | "deadlines" | "metrics" | "fault"> & {
  limits: Pick<Settings, "FILES_PER_USER_BYTES">;
  removals: Removals;
  carriers: Carriers;
};

const MINUTE_MS = 60_000;
const UPLOAD_MS = LIMITS.uploadMinutes * MINUTE_MS;
export const LONE_MS = LIMITS.loneFileHours * 60 * MINUTE_MS;
/** Files that one alarm lets go of. */
const AT_ONCE = 500;

export const NO_FILE = refuse("not_found", "There is no such file.");
const CARRIED = refuse("in_use", "A message carries this file; it goes with its task.");
const GOING = refuse("unavailable", "A file of this id is being removed; try again.");
const GIVEN_UP = refuse("not_found", "The file took too long to be written and was given up.");

/** The files of this home's user: what they take, and how long they stay. */
export class HomeFiles {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async reserve(file: NewFile, taskId?: string): Promise<Outcome<File | null>> {
    const { storage, now, deadlines, fault, carriers } = this.#parts;
    const dueAt = now() + UPLOAD_MS;
    await deadlines.atLatest(dueAt);
    const reserved = storage.transactionSync((): Outcome<File | null> => {
      const tables = Tables.make(storage);
      // Its bytes would go with those of the one before.
      if (tables.removals.has(file.id)) return refused(GOING);
      const known = tables.files.get(file.id);
      if (known?.sha256) return accepted(fileOf(known, known.sha256));
      const refusal = this.#overQuota(tables, file.size - (known?.size ?? 0), known ? 0 : 1);
      if (refusal) return refused(refusal);
      tables.files.put(file, now(), dueAt);
      if (taskId !== undefined) carriers.note(tables, { fileId: file.id, taskId });
      return accepted(null);
    });
    fault("file reserved");
    // It may have rung meanwhile.
    await deadlines.atLatest(dueAt);
    if (taskId !== undefined) await carriers.rearm();
    return reserved;
  }

  async finish(fileId: string, sha256: string): Promise<Outcome<File>> {
    const { storage, now, deadlines, fault, metrics } = this.#parts;
    const dueAt = now() + LONE_MS;
    const finished = storage.transactionSync((): Outcome<File> => {
      const tables = Tables.find(storage);
      const row = tables?.files.get(fileId);
      if (!tables || !row) return refused(GIVEN_UP);
      if (row.sha256) return accepted(fileOf(row, row.sha256));
      tables.files.finish(fileId, sha256, tables.carriers.isKnown(fileId) ? null : dueAt);
      metrics.tell([
        increment("taskroom_files_total", { event: "stored" }),
        { metric: "taskroom_file_bytes_total", labels: { event: "stored" }, value: row.size },
      ]);
      return accepted(fileOf(row, sha256));
    });
    fault("file finished");
    await deadlines.atLatest(dueAt);
    return finished;
  }

  /**
   * Its bytes may be there all the same: whoever gave up does not know. Without a row the home gave it up before,
   * and its last byte may have come since.
   */
  async abandon(fileId: string): Promise<void> {
    const { storage, removals } = this.#parts;
    const known = Tables.find(storage);
    if (!known || known.files.get(fileId)?.sha256) return;
    await removals.after(() =>
      storage.transactionSync(() => {
        const tables = Tables.make(storage);
        if (!tables.files.get(fileId)?.sha256) removals.letGo(tables, [fileId]);
      }),
    );
  }

  find(fileId: string): Outcome<FoundFile> {
    const tables = Tables.find(this.#parts.storage);
    const row = tables?.files.get(fileId);
    if (!tables || !row?.sha256) return refused(NO_FILE);
    return accepted({ file: fileOf(row, row.sha256), taskIds: tables.carriers.tasksOf(fileId) });
  }

  async remove(fileId: string): Promise<Outcome<null>> {
    const { storage, removals } = this.#parts;
    const found = this.find(fileId);
    if (!found.ok) return found;
    if (found.value.taskIds.length > 0) return refused(CARRIED);
    return removals.after(() =>
      storage.transactionSync((): Outcome<null> => {
        const tables = Tables.make(storage);
        // A message may have taken it meanwhile.
        if (tables.carriers.countOf(fileId) > 0) return refused(CARRIED);
        removals.letGo(tables, [fileId]);
        return accepted(null);
      }),
    );
  }

  unknown(fileIds: readonly string[]): string[] {
    const files = Tables.find(this.#parts.storage)?.files;
    return fileIds.filter((id) => !files?.get(id));
  }

  /** Lets go of what was not written in time, and of what nobody has sent. */
  async ring(): Promise<void> {
    const { storage, now, removals } = this.#parts;
    const tables = Tables.find(storage);
    if (!tables) return;
    try {
      const due = tables.files.due(now(), AT_ONCE);
      if (due.length === 0) return;
      await removals.after(() =>
        storage.transactionSync(() => {
          const still = new Set(tables.files.due(now(), AT_ONCE));
          removals.letGo(tables, [...still]);
        }),
      );
    } finally {
      await this.rearm();
    }
  }

  async rearm(): Promise<void> {
    const { storage, now, deadlines } = this.#parts;
    const next = Tables.find(storage)?.files.next() ?? undefined;
    if (next !== undefined) await deadlines.atLatest(Math.max(next, now() + PAUSE_MS));
  }

  #overQuota({ files }: Tables, bytes: number, more: number) {
    const { FILES_PER_USER_BYTES: most } = this.#parts.limits;
    const total = files.totals();
    if (total.bytes + bytes > most) {
      return refuse("quota_exceeded", `Your files may have ${most} bytes in all.`);
    }
    if (total.files + more > LIMITS.filesPerUser) {
      return refuse("quota_exceeded", `You may have ${LIMITS.filesPerUser} files.`);
    }
    return undefined;
  }
}

export function fileOf({ id, name, mediaType, size, createdAt }: FileRow, sha256: string): File {
  return { id, name, mediaType, size, sha256, createdAt: toTimestamp(createdAt) };
}
