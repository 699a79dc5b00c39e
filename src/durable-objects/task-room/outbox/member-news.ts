import type { Room } from "../../../engine/turn/room";
import { farewell, newsFor, type UserNews } from "../../../engine/user/news";
import { toTimestamp } from "../../../protocol/time";
import type { Turn } from "../../../protocol/turn";
import { inTime } from "../../in-time";
import type { Doors } from "../doors";
import type { RoomStore } from "../store/room-store";

/** News of one call, so that a room that was silent for long does not send all of it at once. */
const NEWS_PER_CALL = 200;
/** Milliseconds for which a user's room may be silent before the call counts as failed. */
const PATIENCE_MS = 10_000;
/** Milliseconds from call to call while a model writes, so that its words pass in between. */
const PACE_MS = 10;

/** Tells members' own rooms what the task's log means for them. */
export class MemberNews {
  readonly #doors: Doors;
  readonly #store: RoomStore;
  /** How far each member has been told: one who can't be reached holds up nobody else. */
  readonly #told = new Map<string, number>();

  constructor(doors: Doors, store: RoomStore) {
    this.#doors = doors;
    this.#store = store;
  }

  /** Rejects where a member could not be told; said again, only those are told. */
  async tell(room: Room, after: number): Promise<void> {
    const events = [...this.#store.log.after(after)].flat();
    const through = room.state.task.headSeq;
    // The same for every member.
    const turns = new Map<string, Turn | undefined>();
    const turn = (turnId: string) => {
      if (!turns.has(turnId)) turns.set(turnId, this.#store.turns.whole(turnId));
      return turns.get(turnId);
    };
    await this.#each(room, async (userId) => {
      const done = this.#told.get(userId) ?? after;
      const news = newsFor(userId, events, { room, turn }).filter(({ seq }) => seq > done);
      await this.#call(userId, room, news);
      this.#told.set(userId, through);
    });
  }

  /** All that is left to be told, and that the task is gone. */
  async sayGoodbye(room: Room, after: number, deletedAt: number): Promise<void> {
    await this.tell(room, after);
    const last = farewell(room, toTimestamp(deletedAt));
    await this.#each(room, (userId) => this.#call(userId, room, [last]));
  }

  async #each({ members, state }: Room, tell: (userId: string) => Promise<void>): Promise<void> {
    const pace = state.streams.length > 0 ? PACE_MS : 0;
    const calls = Object.keys(members).map(async (userId, i) => {
      if (pace > 0) await new Promise((resolve) => setTimeout(resolve, i * pace));
      await tell(userId);
    });
    const told = await Promise.allSettled(calls);
    const failed = told.filter((outcome) => outcome.status === "rejected");
    const [first] = failed;
    if (first) throw new Error(`${failed.length} members not told: ${String(first.reason)}`);
  }

  /** In order: the user's room drops what comes after something later. */
  async #call(userId: string, { state }: Room, news: UserNews[]): Promise<void> {
    const { id: taskId, epoch, createdBy } = state.task;
    const inviter = createdBy === userId ? {} : { inviter: createdBy };
    for (let from = 0; from < news.length; from += NEWS_PER_CALL) {
      const items = news.slice(from, from + NEWS_PER_CALL);
      const told = () => this.#doors.tellUser(userId, { taskId, epoch, items, ...inviter });
      await inTime(PATIENCE_MS, told);
    }
  }
}
