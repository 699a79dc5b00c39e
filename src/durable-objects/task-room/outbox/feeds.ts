import type { Room } from "../../../engine/turn/room";
import { isNews } from "../../../engine/user/news";
import { project } from "../../../history/projector";
import type { LogEvent } from "../../../protocol/events";
import type { MetricsFeed } from "../../metrics-feed";
import type { Doors } from "../doors";
import type { Commit } from "../store/commit";
import type { Destination } from "../store/cursors";
import type { RoomStore } from "../store/room-store";
import { Backlog } from "./backlog";
import { MemberNews } from "./member-news";
import { Outbox } from "./outbox";
import type { OwnHistory } from "./own-history";
import { projectionOf } from "./projection";
import { UsageReports } from "./usage-reports";

type Parts = {
  doors: Doors;
  store: RoomStore;
  history: OwnHistory;
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
  readonly #backlog: Backlog;
  readonly #now: () => number;
  readonly #store: RoomStore;
  readonly #caughtUp: () => void;
  readonly #isLimited: boolean;
  #outrun: (() => void) | undefined;

  constructor({ caughtUp, ...given }: Parts) {
    const { doors, store, metrics } = given;
    this.#backlog = new Backlog(store.log);
    const parts = { ...given, backlog: this.#backlog };
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
      tell: async (room, stretch) => {
        const membersChanged = room.members !== listed;
        const projection = { ...projectionOf(room, stretch), membersChanged };
        const written = await given.history.write((database) => project(database, projection));
        // It has heard more of this log than there is.
        if (!written && stretch.through >= room.state.task.headSeq) this.#outrun?.();
        listed = room.members;
      },
    });
    this.#memberNews = new MemberNews({ doors, store, metrics });
    this.users = new Outbox({
      ...parts,
      destination: "users",
      startDelayMs: START_DELAY_MS.users,
      told: (through) => this.#mark("users", through),
      points: ["before users", "after users", "users marked"],
      tell: (room, stretch) => this.#memberNews.tell(room, stretch),
    });
    const reports = new UsageReports(doors, store);
    this.meters = new Outbox({
      ...parts,
      destination: "meters",
      startDelayMs: START_DELAY_MS.meters,
      told: (through) => this.#mark("meters", through),
      points: ["before meters", "after meters", "meters marked"],
      tell: (room, stretch) => reports.tell(room, stretch),
    });
  }

  /** What is to be done where the history has heard more of the room's log than the room knows. */
  whenOutrun(act: () => void): void {
    this.#outrun = act;
  }

  /** Events that the slowest has not been told yet. */
  get lag(): number {
    return Math.max(...this.#all.map(({ lag }) => lag));
  }

  /** When to try again, or to `check` on what is on its way; milliseconds since 1970. */
  dueTimes(check: number): number[] {
    return this.#all.flatMap(({ lag, retryAt }) => (lag > 0 ? [retryAt ?? check] : []));
  }

  /** After a commit: whoever it is worth a call for, and is not left alone after a failure. */
  hear(commit: Commit): void {
    const { events, room } = commit;
    const now = this.#now();
    this.#backlog.hear(commit);
    const isDue = Outbox.isDue(events, room);
    const canWait = Outbox.canWait(events);
    const tell = (feed: Outbox) => {
      feed.due(now);
      if (!feed.isReady(now)) return;
      if (canWait) feed.flushSoon();
      else feed.flush();
    };
    if (isDue) tell(this.d1);
    if (isDue || events.some(isNews)) tell(this.users);
    // A meter holds what it has admitted for a minute; a turn may wait in the queue for longer.
    if (isDue || (this.#isLimited && events.some(isNewTurn))) tell(this.meters);
  }

  /** What an earlier instance had not told. */
  catchUp(): void {
    this.retry(this.#now());
  }

  /** Tries those again whose time has come. */
  retry(now: number): void {
    for (const feed of this.#all) if (feed.isReady(now)) feed.flush();
  }

  /** The members of a task that is gone hear of it; rejects where one can't be told. */
  async sayGoodbye(room: Room, deletedAt: number): Promise<void> {
    const from = this.#store.cursors.get("users");
    await this.#memberNews.sayGoodbye(room, this.#backlog, deletedAt, from);
  }

  /** The meters hear what a task that is gone has cost; rejects where one can't be told. */
  async settleUsage(): Promise<void> {
    await this.meters.flush();
    if (this.meters.lag > 0) throw new Error("A meter was not told.");
  }

  /** The last to be told writes one cursor for all; where another fails, each writes its own. */
  #mark(destination: Destination, through: number): void {
    const { cursors } = this.#store;
    if (this.lag === 0) cursors.put("all", through);
    else if (this.#all.some(({ isFailing }) => isFailing)) cursors.put(destination, through);
    this.#backlog.forget(Math.min(...this.#all.map(({ position }) => position)));
    this.#caughtUp();
  }

  get #all(): Outbox[] {
    return [this.d1, this.users, this.meters];
  }
}

function isNewTurn({ type, data }: LogEvent): boolean {
  return type === "turn:status" && data.previous === null;
}
