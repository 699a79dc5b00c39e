import type { Room } from "../../../engine/turn/room";
import { isNews } from "../../../engine/user/news";
import { project } from "../../../history/projector";
import type { LogEvent } from "../../../protocol/events";
import type { MetricsFeed } from "../../metrics-feed";
import type { Doors } from "../doors";
import type { Destination, RoomStore } from "../store/room-store";
import { MemberNews } from "./member-news";
import { Outbox, projectionOf } from "./outbox";
import { UsageReports } from "./usage-reports";

type Parts = {
  doors: Doors;
  store: RoomStore;
  metrics: MetricsFeed;
  room(): Room | undefined;
  hold(work: Promise<void>): void;
  rearm(): void;
  /** A destination has been told all there was. */
  caughtUp(): void;
};

/**
 * How long the news of a turn's start waits: the model's first words have the thread to themselves,
 * and later ones wait for one destination at a time.
 */
const START_DELAY_MS = { d1: 100, users: 150, meters: 300 };

/** Everybody whom the log is told to, each at a pace of its own. */
export class Feeds {
  readonly d1: Outbox;
  /** The members' own rooms. */
  readonly users: Outbox;
  /** The meters of those who asked for turns. */
  readonly meters: Outbox;
  readonly #memberNews: MemberNews;
  readonly #now: () => number;
  readonly #store: RoomStore;
  readonly #caughtUp: () => void;
  readonly #isLimited: boolean;

  constructor({ caughtUp, ...parts }: Parts) {
    const { doors, store } = parts;
    this.#now = doors.now;
    this.#store = store;
    this.#caughtUp = caughtUp;
    this.#isLimited = doors.settings.TURNS_PER_DAY > 0;
    let listed: Room["members"] | undefined;
    this.d1 = new Outbox({
      ...parts,
      destination: "d1",
      startDelayMs: START_DELAY_MS.d1,
      told: (through) => this.#mark("d1", through),
      points: ["before D1", "after D1", "cursor marked"],
      tell: async (room, after) => {
        const membersChanged = room.members !== listed;
        await project(doors.db, { ...projectionOf(store, room, after), membersChanged });
        listed = room.members;
      },
    });
    this.#memberNews = new MemberNews(doors, store);
    this.users = new Outbox({
      ...parts,
      destination: "users",
      startDelayMs: START_DELAY_MS.users,
      told: (through) => this.#mark("users", through),
      points: ["before users", "after users", "users marked"],
      tell: (room, after) => this.#memberNews.tell(room, after),
    });
    const reports = new UsageReports(doors, store);
    this.meters = new Outbox({
      ...parts,
      destination: "meters",
      startDelayMs: START_DELAY_MS.meters,
      told: (through) => this.#mark("meters", through),
      points: ["before meters", "after meters", "meters marked"],
      tell: (room, after) => reports.tell(room, after),
    });
  }

  /** Events that the slowest has not been told yet. */
  get lag(): number {
    return Math.max(...this.#all.map(({ lag }) => lag));
  }

  /** When to try again, or to `check` on what is on its way; milliseconds since 1970. */
  dueTimes(check: number): number[] {
    return this.#all.flatMap(({ lag, retryAt }) => (lag > 0 ? [retryAt ?? check] : []));
  }

  /** After a commit: whoever it is worth a call for. */
  hear(events: LogEvent[], room: Room): void {
    const now = this.#now();
    for (const feed of this.#all) feed.hear(events, now);
    const isDue = Outbox.isDue(events, room);
    const canWait = Outbox.canWait(events);
    const tell = (feed: Outbox) => (canWait ? feed.flushSoon() : feed.flush());
    if (isDue) tell(this.d1);
    if (isDue || events.some(isNews)) tell(this.users);
    // A meter holds what it has admitted for a minute; a turn may wait in the queue for longer.
    if (isDue || (this.#isLimited && events.some(isNewTurn))) tell(this.meters);
  }

  /** What an earlier instance had not told. */
  catchUp(): void {
    for (const feed of this.#all) if (feed.lag > 0) feed.flush();
  }

  /** Tries those again whose time has come. */
  retry(now: number): void {
    for (const feed of this.#all) if (feed.isReady(now)) feed.flush();
  }

  /** The members of a task that is gone hear of it; rejects where one can't be told. */
  async sayGoodbye(room: Room, after: number, deletedAt: number): Promise<void> {
    await this.#memberNews.sayGoodbye(room, after, deletedAt);
  }

  /** The last to be told writes one cursor for all; where another fails, each writes its own. */
  #mark(destination: Destination, through: number): void {
    if (this.lag === 0) this.#store.putCursor("all", through);
    else if (this.#all.some(({ isFailing }) => isFailing)) {
      this.#store.putCursor(destination, through);
    }
    this.#caughtUp();
  }

  get #all(): Outbox[] {
    return [this.d1, this.users, this.meters];
  }
}

function isNewTurn({ type, data }: LogEvent): boolean {
  return type === "turn:status" && data.previous === null;
}
