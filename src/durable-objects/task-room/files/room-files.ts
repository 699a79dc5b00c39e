import { inTime } from "../../../platform/in-time";
import { describeError, logError } from "../../../platform/platform-log";
import { accepted, type Outcome, type Refusal, refuse, refused } from "../../../protocol/errors";
import type { Attachment } from "../../../protocol/files/attachment";
import type { CarriedFile } from "../../../protocol/rooms/files";
import type { CarriedFiles } from "../api";
import type { Doors } from "../doors";
import type { HeldRoom } from "../held-room";
import type { RoomStore } from "../store/room-store";

type Parts = {
  doors: Pick<Doors, "homeFiles" | "fault">;
  store: Pick<RoomStore, "files">;
  held: Pick<HeldRoom, "room">;
  /** Keeps the object alive while the promise is pending. */
  hold(work: Promise<unknown>): void;
};

/** Files that a message of the task is to carry: a user's own, and `kept`, which one of it carries. */
type Claim = {
  taskId: string;
  userId: string;
  fileIds: readonly string[];
  kept?: readonly Attachment[];
};
/** Files that messages copied from another task carry; `isPartial`: those of them that one more task may carry. */
type Share = { taskId: string; from: string; files: readonly CarriedFile[]; isPartial?: boolean };

type Work<Given, T> = (given: Given) => Outcome<T> | Promise<Outcome<T>>;

/** Milliseconds that a home may take. */
const PATIENCE_MS = 10_000;

const UNAVAILABLE = refuse("unavailable", "The files cannot be attached right now; try again.");

/**
 * The task's hold on files, whose rows are in their owners' homes. A home is asked before a message is
 * committed; it takes the task for a carrier and asks back, after a while, whether it has become one.
 * So whatever dies in between, no file goes that a message carries, and none stays for one that is not
 * there. The commit itself must name the files (`Draft.carry`) before the work gives its answer.
 */
export class RoomFiles {
  readonly #parts: Parts;
  /** Files of work that has not ended, and of how much. */
  readonly #underWay = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Does work that commits a message with files of its sender's own; refuses what is none. */
  async carrying<T>(
    { taskId, userId, fileIds, kept = [] }: Claim,
    work: Work<Attachment[], T>,
  ): Promise<Outcome<T>> {
    const known = new Map(kept.map((attachment) => [attachment.fileId, attachment]));
    const own = fileIds.filter((fileId) => !known.has(fileId));
    const files = own.map((fileId) => ({ fileId, owner: userId }));
    return this.#during(taskId, files, async () => {
      const claimed = await this.#claim(userId, taskId, own);
      if (!claimed.ok) return claimed;
      for (const attachment of claimed.value) known.set(attachment.fileId, attachment);
      const attachments = fileIds.flatMap((fileId) => known.get(fileId) ?? []);
      if (attachments.length < fileIds.length) return refused(noSuchFiles(fileIds, known));
      this.#parts.doors.fault("files claimed");
      return work(attachments);
    });
  }

  /**
   * The same for messages that are copied from a task `from`, which carries these files: whoever may read
   * them there may take them along, whosever they are. The work is given those that are still there.
   */
  async sharing<T>(
    { taskId, from, files, isPartial = false }: Share,
    work: Work<CarriedFile[], T>,
  ): Promise<Outcome<T>> {
    return this.#during(taskId, files, async () => {
      const shared: CarriedFile[] = [];
      for (const [owner, fileIds] of byOwner(files)) {
        const given = { from, to: taskId, fileIds, isPartial };
        const answer = await this.#ask(owner, (home) => home.shareFiles(given));
        if (!answer.ok) return answer;
        shared.push(...answer.value.map((fileId) => ({ fileId, owner })));
      }
      this.#parts.doors.fault("files claimed");
      return work(shared);
    });
  }

  /** What an owner's home asks: which of these files the task carries, and which it may be about to. */
  carried(fileIds: readonly string[]): CarriedFiles {
    const carried = this.#carried(fileIds);
    const pending = fileIds.filter((id) => this.#underWay.has(id) && !carried.includes(id));
    return { carried, pending };
  }

  /** The task is gone, and carries nothing. Rejects where a home can't be told; said again, it is told. */
  async release(taskId: string): Promise<void> {
    const { files } = this.#parts.store;
    const told = files
      .owners()
      .map((owner) =>
        this.#call(owner, (home) => home.releaseFiles(taskId, files.of(owner))).then(
          () => undefined,
        ),
      );
    const failed = (await Promise.allSettled(told)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  async #during<T>(
    taskId: string,
    files: readonly CarriedFile[],
    work: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    for (const { fileId } of files) this.#count(fileId, 1);
    try {
      return await work();
    } finally {
      for (const { fileId } of files) this.#count(fileId, -1);
      this.#letGo(taskId, files);
    }
  }

  async #claim(userId: string, taskId: string, fileIds: string[]): Promise<Outcome<Attachment[]>> {
    if (fileIds.length === 0) return accepted([]);
    return this.#ask(userId, (home) => home.claimFiles(taskId, fileIds));
  }

  #count(fileId: string, by: number): void {
    const count = (this.#underWay.get(fileId) ?? 0) + by;
    if (count > 0) this.#underWay.set(fileId, count);
    else this.#underWay.delete(fileId);
  }

  /** Homes need not wait to hear that nothing came of what they were asked for. */
  #letGo(taskId: string, files: readonly CarriedFile[]): void {
    const carried = this.#carried(files.map(({ fileId }) => fileId));
    const left = files.filter(({ fileId }) => !carried.includes(fileId));
    for (const owner of byOwner(left).keys()) {
      this.#parts.hold(
        this.#call(owner, (home) => home.settleFiles(taskId)).catch(() => undefined),
      );
    }
  }

  #carried(fileIds: readonly string[]): string[] {
    const { held, store } = this.#parts;
    return held.room ? store.files.among(fileIds).map(({ fileId }) => fileId) : [];
  }

  async #ask<T>(
    owner: string,
    ask: (home: ReturnType<Doors["homeFiles"]>) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    try {
      return await this.#call(owner, ask);
    } catch (error) {
      logError("files_not_claimed", { userId: owner, causes: describeError(error) });
      return refused(UNAVAILABLE);
    }
  }

  /** Twice, where it must be: a home takes the same again. */
  #call<T>(owner: string, ask: (home: ReturnType<Doors["homeFiles"]>) => Promise<T>): Promise<T> {
    const once = () => inTime(PATIENCE_MS, () => ask(this.#parts.doors.homeFiles(owner)));
    return once().catch(once);
  }
}

/** Names each by its place among those that were asked for. */
function noSuchFiles(fileIds: readonly string[], known: ReadonlyMap<string, unknown>): Refusal {
  const issues = fileIds.flatMap((fileId, i) =>
    known.has(fileId) ? [] : [{ path: `attachments.${i}`, message: "there is no such file" }],
  );
  return refuse("not_found", "There is no such file.", { issues });
}

function byOwner(files: readonly CarriedFile[]): Map<string, string[]> {
  const owned = new Map<string, string[]>();
  for (const { fileId, owner } of files) {
    owned.set(owner, [...(owned.get(owner) ?? []), fileId]);
  }
  return owned;
}
