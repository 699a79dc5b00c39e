import { applyEvent } from "../../engine/fold/fold";
import { finishStep } from "../../engine/step/end";
import { failStep } from "../../engine/step/fail";
import {
  type PhaseUpdate,
  type Progress,
  progressEvent,
  type ToolSaid,
  type ToolUpdate,
  toolProgressEvent,
} from "../../engine/step/progress";
import { recordReports } from "../../engine/step/reports";
import { type Decision, decide } from "../../engine/turn/decide";
import type { Change, Draft, Effect } from "../../engine/turn/draft";
import { recoverTurn } from "../../engine/turn/recover";
import { activeTurn, type Room, waitingTurns } from "../../engine/turn/room";
import { accepted, type Outcome, type Refusal, refused } from "../../protocol/errors";
import type { LogEvent, RoomEvent } from "../../protocol/events";
import { toTimestamp } from "../../protocol/time";
import { MetricsFeed } from "../metrics-feed";
import { AlarmClock } from "./alarm-clock";
import type { Doors } from "./doors";
import { Connections } from "./live/connections";
import { FanOut } from "./live/fan-out";
import { LiveText } from "./live/live-text";
import { PresenceFeed } from "./live/presence-feed";
import { ProgressFeed } from "./live/progress-feed";
import { Feeds } from "./outbox/feeds";
import { type ClientKey, clientReply } from "./store/client-keys";
import { KEPT_MESSAGES } from "./store/retention";
import { type Answered, RoomStore } from "./store/room-store";
import { beginNext } from "./turns/begin-next";
import { changeMetrics } from "./turns/change-metrics";
import { backgroundOf } from "./turns/history-reader";
import { ReportFeed } from "./turns/report-feed";
import { Runner } from "./turns/runner";
import { TeamLookup } from "./turns/team-lookup";
import { logTurns } from "./turns/turn-lines";
import { unharmed } from "./unharmed";

/**
 * Where everything in a room meets: a rule is decided, its change committed, and only then do
 * sockets, runners and the outbox hear of it. Nothing here is a rule.
 */
export class Desk {
  readonly doors: Doors;
  readonly store: RoomStore;
  readonly connections: Connections;
  readonly fanOut: FanOut;
  readonly presence: PresenceFeed;
  readonly live: LiveText;
  readonly runner: Runner;
  readonly feeds: Feeds;
  readonly alarm: AlarmClock;
  readonly metrics: MetricsFeed;
  readonly teamLookup: TeamLookup;
  readonly progress: ProgressFeed<Progress, PhaseUpdate>;
  readonly #toolProgress: ProgressFeed<ToolSaid, ToolUpdate>;
  readonly hold: (work: Promise<unknown>) => void;
  readonly #reports: ReportFeed;
  #room: Room | undefined;
  #deletedAt: number | undefined;
  #beginning = false;
  #hasCaughtUp = false;

  constructor(ctx: DurableObjectState, doors: Doors) {
    this.doors = doors;
    this.hold = (work) => ctx.waitUntil(work);
    this.store = new RoomStore(doors.storage);
    this.connections = new Connections(ctx.getWebSockets());
    const room = () => this.#room;
    this.fanOut = new FanOut(this.connections, (userId) => this.#room?.members[userId], doors.now);
    const { connections, fanOut, store, hold } = this;
    this.presence = new PresenceFeed({ connections, fanOut, now: doors.now });
    this.metrics = new MetricsFeed({ send: (tally) => doors.tellMetrics(tally), hold });
    const { metrics } = this;
    this.feeds = new Feeds({
      doors,
      store,
      metrics,
      room,
      hold,
      rearm: () => this.alarm.arm(),
      caughtUp: () => {
        this.#thinMessages();
        this.cleanUp();
        this.alarm.arm();
      },
    });
    this.live = new LiveText({
      now: doors.now,
      lengthOf: (messageId, field) => this.#stream(messageId)?.[field].length ?? 0,
      publish: (events) => this.#publish(events),
    });
    this.runner = new Runner(doors, {
      room,
      hold: this.hold,
      background: (turnId) => backgroundOf(this, turnId),
      write: (writing, field, delta) => this.live.push(writing, field, delta),
      report: (fence, report) => {
        if (report.type === "progress") this.progress.push({ ...fence, ...report });
        else if (report.type === "tool-progress") this.#toolProgress.push({ ...fence, ...report });
        else this.#reports.push(fence, report);
      },
      finished: (report) => this.#close((draft) => finishStep(draft, report)),
      failed: (fence, failure) => this.#close((draft) => failStep(draft, fence, failure)),
    });
    this.#reports = new ReportFeed((fence, reports) => {
      unharmed("log_failed", this.taskId, () =>
        this.perform((draft) => recordReports(draft, fence, reports)),
      );
    });
    this.progress = new ProgressFeed({
      keyOf: ({ turnId, step }) => `${turnId} ${step}`,
      eventOf: (progress) => {
        const state = this.room?.state;
        return state && progressEvent(state, progress, toTimestamp(doors.now()));
      },
      publish: (event) => this.#publish([event]),
    });
    this.#toolProgress = new ProgressFeed({
      keyOf: ({ turnId, round, index }) => `${turnId} ${round} ${index}`,
      eventOf: (said) => {
        const state = this.room?.state;
        return state && toolProgressEvent(state, said, toTimestamp(doors.now()));
      },
      publish: (event) => this.#publish([event]),
    });
    this.alarm = new AlarmClock(doors.storage, this);
    this.teamLookup = new TeamLookup(doors);
    this.#load();
  }

  /** An attempt's end comes after all that it has reported. */
  #close(rule: (draft: Draft) => void): void {
    this.progress.flush();
    this.#toolProgress.flush();
    this.#reports.flush();
    this.perform(rule);
  }

  /** The room as it is; nothing where no task was created, or it was erased. */
  get room(): Room | undefined {
    return this.#deletedAt === undefined ? this.#room : undefined;
  }

  /** Milliseconds since 1970; set while the task is being erased. */
  get deletedAt(): number | undefined {
    return this.#deletedAt;
  }

  get taskId(): string | undefined {
    return this.#room?.state.task.id;
  }

  get members(): string[] {
    return Object.keys(this.#room?.members ?? {});
  }

  get buriedTaskId(): string | undefined {
    return this.#deletedAt === undefined ? undefined : this.#room?.state.task.id;
  }

  /** A task's first commit makes its tables; before it the object holds nothing. */
  create<T>(room: Room, rule: (draft: Draft) => T | Refusal): void {
    this.#decide(room, undefined, rule);
  }

  /**
   * Decides a rule, commits what it says and tells of it. Has no await: what was decided and what is
   * committed can't come apart. `clientKeys` are the request's own ids, kept with the answer.
   */
  perform<T>(rule: (draft: Draft) => T | Refusal, clientKeys: ClientKey[] = []): Outcome<T> {
    this.live.flush();
    const { room } = this;
    if (!room) return refused({ code: "not_found", message: "There is no such task." });
    return this.#decide(room, room, rule, clientKeys);
  }

  /** Goes on with what an earlier instance left: a step that nobody works on, a queue that stands. */
  recover(): void {
    const { room } = this;
    const active = room && activeTurn(room);
    if (active && !this.runner.isRunning(active.id)) this.perform(recoverTurn);
    if (room && !active) this.begin();
    if (!this.#hasCaughtUp) this.#catchUp();
  }

  /** What an earlier instance had not told goes out once this one is awake. */
  #catchUp(): void {
    this.#hasCaughtUp = true;
    this.feeds.catchUp();
  }

  /** Starts the queue's next turn, once its team is resolved. */
  begin(): void {
    const { room } = this;
    if (this.#beginning || !room || activeTurn(room) || waitingTurns(room).length === 0) return;
    this.#beginning = true;
    const work = beginNext(this).finally(() => {
      this.#beginning = false;
      // A turn that could not begin has made way for the next.
      this.begin();
    });
    this.hold(work);
  }

  /**
   * When there is something to let go of; milliseconds since 1970. Nothing while what is due has not
   * been told to everybody: once it has, the outbox says so.
   */
  get cleanUpAt(): number | undefined {
    const { TURN_RETENTION_MS: retentionMs } = this.doors.settings;
    const oldest = this.room ? this.store.retention.oldest() : null;
    if (oldest === null) return undefined;
    const at = oldest + retentionMs;
    const now = this.doors.now();
    return at <= now && this.store.untoldSince() <= now - retentionMs ? undefined : at;
  }

  /** Lets go of what has been kept long enough. */
  cleanUp(): void {
    const { TURN_RETENTION_MS: retentionMs } = this.doors.settings;
    const now = this.doors.now();
    const at = this.cleanUpAt;
    if (at === undefined || at > now) return;
    this.store.retention.cleanUp({ now, retentionMs, projected: this.store.toldThrough() });
    this.store.messages.recount();
  }

  /** From here on the task is gone for everybody. */
  bury(): void {
    const { room } = this;
    if (!room) return;
    this.#deletedAt = this.doors.now();
    this.store.putTombstone(room, this.#deletedAt);
    this.runner.abortAll();
    this.alarm.arm();
  }

  /** The members of a buried task hear of its end; rejects where one can't be told. */
  async sayGoodbye(): Promise<void> {
    if (!this.#room || this.#deletedAt === undefined) return;
    await this.feeds.sayGoodbye(this.#room, this.store.cursor("users"), this.#deletedAt);
  }

  /** Forgets a room whose storage is gone. */
  forget(): void {
    this.#room = undefined;
  }

  #load(): void {
    const loaded = this.store.load();
    this.#room = loaded?.room;
    this.#deletedAt = loaded?.deletedAt;
  }

  #decide<T>(
    room: Room,
    stored: Room | undefined,
    rule: (draft: Draft) => T | Refusal,
    clientKeys: ClientKey[] = [],
  ): Outcome<T> {
    const { now, random, settings } = this.doors;
    const context = {
      now: now(),
      random: random(),
      confirmTimeoutMs: settings.CONFIRM_TIMEOUT_MS,
    };
    const decision: Decision<T> = decide(room, context, rule);
    if ("refusal" in decision) return refused(decision.refusal);
    this.#commitAndTell(stored, decision.change, answered(clientKeys, decision.reply));
    return accepted(decision.reply);
  }

  #commitAndTell(before: Room | undefined, change: Change, answers: Answered[]): void {
    this.#commit(before, change, answers);
    const { room, events, effects } = change;
    // Messages live in their table; the fold's copies have done their duty.
    this.#room = { ...room, state: { ...room.state, messages: [] } };
    for (const turnId of endedAttempts(events)) this.live.drop(turnId);
    this.presence.flush();
    this.fanOut.send(events);
    this.alarm.arm();
    this.doors.fault("after fan-out");
    for (const effect of effects) this.#start(effect);
    this.feeds.hear(events, room);
    unharmed("metrics_failed", this.taskId, () => this.#count(change));
    logTurns(this, room.state.task.id, events);
    // Counting reads a table through once per instance: not on the way of a message to its acknowledgement.
    if (events.some(({ type }) => type === "log")) this.#thinLog();
    if (change.closed.length > 0) this.#thinMessages();
  }

  /** Counts are told when a turn has ended; what comes before can wait for that. */
  #count(change: Change): void {
    const observations = changeMetrics(change);
    if (change.closed.length > 0) this.metrics.tell(observations);
    else this.metrics.note(observations);
  }

  #commit(before: Room | undefined, change: Change, answers: Answered[]): void {
    try {
      this.doors.fault("before commit");
      this.store.commit(before, change, this.doors.now(), answers);
      this.doors.fault("after commit");
    } catch (error) {
      // Nothing was written, so the room and the text being written are as before; only what the
      // store remembers of its rows may be ahead.
      this.store.load();
      throw error;
    }
  }

  /** Thinning rewrites rows, so it waits until it is worth it. */
  #thinLog(): void {
    const keep = this.doors.settings.LOG_ENTRIES_KEPT;
    if (this.store.log.entries() <= keep * 1.25) return;
    unharmed("log_failed", this.taskId, () => this.store.log.thin(keep));
  }

  /** A busy room need not wait for its clean-up: what it reads through stays small, turn by turn. */
  #thinMessages(): void {
    const { messages, retention } = this.store;
    if (messages.count() < 2 * KEPT_MESSAGES) return;
    if (retention.cleanMessages(this.store.cursor("d1"))) messages.recount();
  }

  #start(effect: Effect): void {
    switch (effect.type) {
      case "run":
        this.runner.start(effect);
        break;
      case "abort":
        this.runner.abort(effect.turnId);
        break;
      case "begin":
        this.begin();
        break;
    }
  }

  #publish(events: RoomEvent[]): void {
    if (!this.#room) return;
    let { state } = this.#room;
    for (const event of events) state = applyEvent(state, event) ?? state;
    this.#room = { ...this.#room, state };
    this.fanOut.send(events);
  }

  #stream(messageId: string) {
    return this.#room?.state.streams.find((stream) => stream.messageId === messageId);
  }
}

function endedAttempts(events: LogEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "chat:done" || event.type === "chat:error" || event.type === "chat:cancelled"
      ? [event.data.turnId]
      : [],
  );
}

function answered(keys: ClientKey[], reply: unknown): Answered[] {
  if (keys.length === 0) return [];
  const { messageId, turnId } = clientReply.parse(reply);
  return keys.map((key) => ({ key, reply: { messageId, turnId } }));
}
