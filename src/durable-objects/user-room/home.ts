import type { FileBucket } from "../../files/bucket";
import { levelsOf } from "../../platform/levels";
import type { Settings } from "../../platform/settings";
import { MetricsFeed } from "../metrics-feed";
import { AlarmParts } from "./alarm-parts";
import { catchUp } from "./arrival/catch-up";
import type { MailboxDoors } from "./arrival/mailbox-upgrade";
import { UserSockets } from "./arrival/user-sockets";
import { Deadlines, PAUSE_MS } from "./deadlines";
import { Carriers } from "./files/carriers";
import { HomeFiles } from "./files/home-files";
import { Removals } from "./files/removals";
import { KeyGuards } from "./keys/key-guards";
import { Revocations } from "./keys/revocations";
import { Mailbox } from "./news/mailbox";
import { Searches } from "./search/searches";
import { RoomCheck } from "./sessions/room-check";
import { SessionAlarm } from "./sessions/session-alarm";
import { SessionEntry } from "./sessions/session-entry";
import { Sessions } from "./sessions/sessions";
import type { Surroundings } from "./surroundings";
import type { Tables } from "./tables";
import { Tasks } from "./tasks/tasks";
import { TurnHooks } from "./webhooks/turns/turn-hooks";
import { WebhookLists } from "./webhooks/webhook-lists";
import { WebhookQueue } from "./webhooks/webhook-queue";
import type { WebhookSettings } from "./webhooks/webhook-sender";
import { Webhooks } from "./webhooks/webhooks";

export type HomeDoors = Pick<Surroundings, "now" | "rooms" | "fault"> & {
  settings: WebhookSettings &
    Pick<Settings, "SESSION_IDLE_MS" | "SESSIONS_PER_USER" | "FILES_PER_USER_BYTES">;
  /** The bytes of files; nothing where the deployment has no bucket. */
  bucket: () => FileBucket | undefined;
  tellMetrics: ConstructorParameters<typeof MetricsFeed>[0]["send"];
  /** Removes the row by which an API key is found; whether there was one. */
  dropKey: (userId: string, keyId: string) => Promise<boolean>;
  /** Of the last release's lists. */
  database: () => D1Database;
};

/** Where the parts of a user's room are put together. Nothing here is a rule. */
export class Home {
  readonly metrics: MetricsFeed;
  readonly entry: SessionEntry;
  readonly sessions: Sessions;
  readonly sockets: UserSockets;
  readonly guards: KeyGuards;
  readonly revocations: Revocations;
  readonly mailbox: Mailbox;
  readonly queue: WebhookQueue;
  readonly webhooks: Webhooks;
  readonly webhookLists: WebhookLists;
  readonly turnHooks: TurnHooks;
  readonly tasks: Tasks;
  readonly files: HomeFiles;
  readonly carriers: Carriers;
  readonly searches: Searches;
  readonly alarm: AlarmParts;
  readonly arrival: MailboxDoors;
  readonly #deadlines: Deadlines;
  readonly #now: () => number;

  constructor(ctx: DurableObjectState, doors: HomeDoors) {
    const { storage } = ctx;
    const { now, fault, settings, dropKey } = doors;
    const hold = (work: Promise<unknown>) => ctx.waitUntil(work);
    const deadlines = new Deadlines(storage, settings.SESSION_IDLE_MS, now);
    const levels = () =>
      levelsOf([
        {
          level: "taskroom_connections_open",
          labels: { room: "user" },
          value: this.sockets.size,
        },
      ]);
    const metrics = new MetricsFeed({ send: doors.tellMetrics, levels, hold });
    const shared = { storage, now, deadlines, fault, hold, random: Math.random };
    const around = { ...shared, rooms: doors.rooms, metrics, limits: settings };
    this.#now = now;
    this.#deadlines = deadlines;
    this.metrics = metrics;

    const check = new RoomCheck(around);
    this.entry = new SessionEntry(around, check);
    this.sessions = new Sessions(around, check);
    const sessionAlarm = new SessionAlarm(around, check);

    this.guards = new KeyGuards(ctx);
    const devices = ctx.getWebSockets().filter((ws) => !this.guards.isGuard(ws));
    const sockets = new UserSockets(devices, now, metrics);
    this.sockets = sockets;
    this.revocations = new Revocations({
      ...around,
      dropKey,
      closeOwn: (keyId) => this.closeKey(keyId),
    });

    this.queue = new WebhookQueue({
      ...shared,
      settings,
      write: (facts) => this.mailbox.write(facts),
    });
    this.webhooks = new Webhooks({ storage, now, settings, queue: this.queue });
    this.webhookLists = new WebhookLists(shared);
    this.turnHooks = new TurnHooks({ storage, now, settings, queue: this.queue });
    this.tasks = new Tasks({ ...around, database: doors.database });
    this.searches = new Searches(around);
    this.mailbox = new Mailbox({
      ...shared,
      sockets,
      hear: (tables, news) => {
        const changed = this.tasks.hear(tables, news);
        // Who is in the list again has come back since.
        const isOut = news.left !== undefined && !tables.tasks.get(news.taskId);
        if (isOut) this.#leave(tables, news.taskId);
        this.turnHooks.hear(tables, news);
        this.searches.hear(tables, news);
        return changed;
      },
      queue: (tables, events, inviter) => this.queue.add(tables, events, inviter),
    });
    this.arrival = { ctx, now, sockets, mailbox: this.mailbox, deadlines };
    sockets.attend((device, after) => hold(catchUp(this.arrival, device, { after })));

    const removals = new Removals({ ...around, bucket: doors.bucket });
    this.carriers = new Carriers({ ...around, removals });
    this.files = new HomeFiles({ ...around, limits: settings, removals, carriers: this.carriers });

    this.alarm = new AlarmParts(around, {
      sockets: () => this.#expire(),
      mailbox: () => this.mailbox.ring(),
      webhooks: () => this.queue.ring(),
      sessions: () => sessionAlarm.ring(),
      keys: () => this.revocations.ring(),
      carriers: () => this.carriers.ring(),
      files: () => this.files.ring(),
      removals: () => removals.ring(),
      searches: () => this.searches.ring(),
    });
  }

  /** What has no `seq` is said by code that does not know when it was: the room is asked. */
  forgetTask(taskId: string): void {
    this.mailbox.forget((tables) => {
      this.#leave(tables, taskId);
      this.tasks.doubt(tables, taskId);
    });
  }

  /** What the user has of a task goes with the user's place in it. */
  #leave(tables: Tables, taskId: string): void {
    this.sessions.forgetTask(tables, taskId);
    this.mailbox.forgetTask(tables, taskId);
    this.turnHooks.forgetTask(tables, taskId);
  }

  /** Closes what came with an API key to this very room. */
  closeKey(keyId: string): void {
    this.sockets.closeKey(keyId);
    this.guards.close(keyId);
  }

  async #expire(): Promise<void> {
    this.sockets.closeExpired();
    const expiry = this.sockets.nextExpiry();
    if (expiry === undefined) return;
    await this.#deadlines.atLatest(Math.max(expiry, this.#now() + PAUSE_MS));
  }
}
