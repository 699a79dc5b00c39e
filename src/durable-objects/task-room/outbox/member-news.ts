import { shownTask } from "../../../engine/task/shown-task";
import type { Room } from "../../../engine/turn/room";
import { farewell, newsFor, turnNewsFor, type UserNews } from "../../../engine/user/news";
import { inTime } from "../../../platform/in-time";
import { increment } from "../../../platform/metrics";
import { describeError, logError } from "../../../platform/platform-log";
import { toTimestamp } from "../../../protocol/time";
import type { Turn } from "../../../protocol/turn";
import type { MetricsFeed } from "../../metrics-feed";
import type { TaskNews } from "../../user-room/api";
import type { Doors } from "../doors";
import type { RoomStore } from "../store/room-store";
import type { Backlog, Stretch } from "./backlog";
import { saidIn } from "./said";

/** News of one call, so that a room that was silent for long does not send all of it at once. */
const NEWS_PER_CALL = 200;
/** Milliseconds for which a user's room may be silent before the call counts as failed. */
const PATIENCE_MS = 10_000;
/** Milliseconds from call to call while a model writes, so that its words pass in between. */
const PACE_MS = 10;
/** Milliseconds after which a member who can't be reached no longer holds the log. */
const GIVEN_UP_AFTER_MS = 30 * 24 * 60 * 60 * 1000;

type Parts = { doors: Doors; store: RoomStore; metrics: MetricsFeed };

/** What one user is told at once: the news, and where the task is in the user's list. */
type Told = { items: UserNews[] } & Pick<TaskNews, "turns" | "entry" | "left" | "said">;

/** Tells members' own rooms what the task's log means for them. */
export class MemberNews {
  readonly #parts: Parts;
  /** How far each member has been told: one who can't be reached holds up nobody else. */
  readonly #told = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Rejects where a member could not be told; said again, only those are told. A member who could not
   * be reached for 30 days counts as told.
   */
  async tell(room: Room, stretch: Stretch): Promise<void> {
    const { events, before, through } = stretch;
    const first = events[0]?.seq ?? through;
    const said = room.state.task.ephemeral ? {} : { said: saidIn(stretch) };
    // The same for every member.
    const turns = new Map<string, Turn | undefined>();
    const turn = (turnId: string) => {
      if (!turns.has(turnId)) turns.set(turnId, this.#parts.store.turns.whole(turnId));
      return turns.get(turnId);
    };
    const all = [...before, ...events];
    const wentIn = Object.entries(room.left ?? {}).filter(([, seq]) => seq >= first);
    const went = new Map(wentIn);
    await this.#each(room, [...Object.keys(room.members), ...went.keys()], async (userId) => {
      const done = Math.max(this.#told.get(userId) ?? 0, first - 1);
      if (done >= through) return;
      const left = went.get(userId);
      const items = newsFor(userId, all, { room, turn }).filter(({ seq }) => seq > done);
      const place = left === undefined ? { entry: shownTask(room, userId), ...said } : { left };
      const unheard = events.filter(({ seq }) => seq > done);
      const over = left === undefined ? turnNewsFor(userId, unheard, room) : [];
      await this.#reach(userId, room, { items, ...(over.length > 0 && { turns: over }), ...place });
      this.#told.set(userId, through);
    });
  }

  /** All that is left to be told, and that the task is gone. */
  async sayGoodbye(room: Room, backlog: Backlog, deletedAt: number, from: number): Promise<void> {
    const { headSeq } = room.state.task;
    for (let after = from; after < headSeq; ) {
      const stretch = backlog.next(after, headSeq);
      await this.tell(room, stretch);
      after = stretch.through;
    }
    const last = farewell(room, toTimestamp(deletedAt));
    const all = Object.keys(room.members);
    await this.#each(room, all, (userId) => this.#call(userId, room, { items: [last] }));
  }

  async #each(
    { state }: Room,
    userIds: string[],
    tell: (userId: string) => Promise<void>,
  ): Promise<void> {
    const pace = state.streams.length > 0 ? PACE_MS : 0;
    const calls = userIds.map(async (userId, i) => {
      if (pace > 0) await new Promise((resolve) => setTimeout(resolve, i * pace));
      await tell(userId);
    });
    const told = await Promise.allSettled(calls);
    const failed = told.filter((outcome) => outcome.status === "rejected");
    const [first] = failed;
    if (first) throw new Error(`${failed.length} members not told: ${String(first.reason)}`);
  }

  /** Resolves too where the member was given up. */
  async #reach(userId: string, room: Room, news: Told): Promise<void> {
    const { doors, store, metrics } = this.#parts;
    try {
      await this.#call(userId, room, news);
    } catch (error) {
      const now = doors.now();
      if (now - store.unreached.note(userId, now) < GIVEN_UP_AFTER_MS) throw error;
      const { id: taskId } = room.state.task;
      logError("member_given_up", { taskId, userId, causes: describeError(error) });
      metrics.tell([increment("taskroom_members_given_up_total", {})]);
      return;
    }
    store.unreached.clear(userId);
  }

  /** In order: the user's room drops what comes after something later. */
  async #call(userId: string, { state }: Room, { items, said, ...place }: Told): Promise<void> {
    const { id: taskId, epoch, createdBy } = state.task;
    const inviter = createdBy === userId ? {} : { inviter: createdBy };
    const pages = Math.max(1, Math.ceil(items.length / NEWS_PER_CALL));
    for (let page = 0; page < pages; page++) {
      const some = items.slice(page * NEWS_PER_CALL, (page + 1) * NEWS_PER_CALL);
      const isLast = page === pages - 1;
      const texts = isLast && said ? { said } : {};
      const news = { taskId, epoch, items: some, ...inviter, ...place, ...texts };
      await inTime(PATIENCE_MS, () => this.#parts.doors.tellUser(userId, news));
    }
  }
}
