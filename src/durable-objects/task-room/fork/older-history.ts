import type { Draft } from "../../../engine/turn/draft";
import type { Room } from "../../../engine/turn/room";
import { OLDER_PER_CALL, writeOlder } from "../../../history/older-messages";
import { inTime } from "../../../platform/in-time";
import { logInfo } from "../../../platform/platform-log";
import { accepted } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import type { Message } from "../../../protocol/message";
import type { CarriedPage } from "../api";
import type { Doors } from "../doors";
import type { FailedWork } from "../failed-work";
import type { RoomFiles } from "../files/room-files";
import type { HeldRoom } from "../held-room";
import type { Feeds } from "../outbox/feeds";
import type { OwnHistory } from "../outbox/own-history";
import { copiesOf } from "./copies";

/** Bytes of one page as JSON: one batch of the database's. */
const PAGE_BYTES = 2 * 1024 * 1024;
/** Milliseconds that the source may take for a page. */
const PATIENCE_MS = 30_000;

type Parts = {
  doors: Doors;
  held: HeldRoom;
  feeds: Pick<Feeds, "d1">;
  history: OwnHistory;
  files: RoomFiles;
  failedWork: FailedWork;
  /** Decides a rule and commits it. */
  perform(rule: (draft: Draft) => void): void;
  /** Keeps the object alive while the promise is pending. */
  hold(work: Promise<void>): void;
};

/**
 * Copies what a fork's log does not begin with, from the source's pages into the fork's database, newest
 * first, so that what is there has no gaps. Each page is written before it counts as copied, and written
 * again it is the same; a new instance goes on with the next.
 */
export class OlderHistory {
  readonly #parts: Parts;
  #isAtWork = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Goes on where there is something left, unless it waits after a failure. */
  goOn(): void {
    const { held, failedWork, hold } = this.#parts;
    if (this.#isAtWork || !held.room?.copying) return;
    if (failedWork.waitsUntil("copying") !== undefined) return;
    this.#isAtWork = true;
    hold(this.#copy());
  }

  async #copy(): Promise<void> {
    const { failedWork, feeds, held } = this.#parts;
    try {
      // The database takes messages of tasks that it knows.
      await feeds.d1.flush();
      while (held.room?.copying) await this.#copyPage(held.room, held.room.copying);
      failedWork.succeeded("copying");
    } catch (error) {
      failedWork.failed("copying", error);
    } finally {
      this.#isAtWork = false;
    }
  }

  async #copyPage({ state: { task } }: Room, copying: NonNullable<Room["copying"]>): Promise<void> {
    const { doors, perform } = this.#parts;
    const sourceId = task.forkedFrom?.taskId ?? "";
    const query = { beforeSeq: copying.beforeSeq, limit: OLDER_PER_CALL, bytes: PAGE_BYTES };
    const answer = await inTime(PATIENCE_MS, () =>
      doors.carry(sourceId, readerFor(copying.userId), query),
    );
    if (!answer.ok && answer.refusal.code !== "not_found") throw new Error(answer.refusal.message);
    if (answer.ok) return this.#keep(task, sourceId, answer.value);
    // Erased, or no longer the reader's to see: the fork has what it has.
    logInfo("fork_cut_short", { taskId: task.id, beforeSeq: copying.beforeSeq });
    perform((draft) => draft.setRoom({ copying: undefined }));
  }

  async #keep(
    task: Room["state"]["task"],
    from: string,
    { messages, files, before }: CarriedPage,
  ): Promise<void> {
    // Nobody is there to be refused: what can't be shared stays behind, and holds up nothing.
    const share = { taskId: task.id, from, files, isPartial: true };
    const kept = await this.#parts.files.sharing(share, async (shared) => {
      await this.#write(task, await copiesOf(task.id, messages, shared));
      this.#parts.perform((draft) => {
        const { copying } = draft.room;
        const left = before === null || !copying ? undefined : { ...copying, beforeSeq: before };
        draft.setRoom({ copying: left });
        draft.carry(shared);
      });
      return accepted(null);
    });
    if (!kept.ok) throw new Error(kept.refusal.message);
  }

  async #write(task: Room["state"]["task"], copies: Message[]): Promise<void> {
    const { doors, history } = this.#parts;
    if (copies.length === 0) return;
    doors.fault("before copy");
    const isKnown = await history.write((database) => writeOlder(database, task, copies));
    doors.fault("after copy");
    if (!isKnown && this.#parts.held.room) throw new Error("The database does not know the task.");
  }
}

function readerFor(userId: string): Principal {
  return { userId, scope: "read", expiresAt: null };
}
