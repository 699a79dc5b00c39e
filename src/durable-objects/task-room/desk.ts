import type { PhaseUpdate, Progress } from "../../engine/step/progress";
import { type Decision, decide } from "../../engine/turn/decide";
import type { Change, Draft, Effect } from "../../engine/turn/draft";
import type { Room } from "../../engine/turn/room";
import { accepted, type Outcome, type Refusal, refused } from "../../protocol/errors";
import type { LogEvent } from "../../protocol/events";
import { usesIn } from "../../protocol/tools/tool-use";
import type { Turn } from "../../protocol/turn";
import { MetricsFeed } from "../metrics-feed";
import { AlarmClock } from "./alarm-clock";
import type { Doors } from "./doors";
import { FailedWork } from "./failed-work";
import { RoomFiles } from "./files/room-files";
import { OlderHistory } from "./fork/older-history";
import { changesNothing, HeldRoom } from "./held-room";
import { Audience } from "./live/audience";
import type { Connections } from "./live/connections";
import type { FanOut } from "./live/fan-out";
import type { LiveText } from "./live/live-text";
import type { PresenceFeed } from "./live/presence-feed";
import type { ProgressFeed } from "./live/progress-feed";
import { Feeds } from "./outbox/feeds";
import { OwnHistory } from "./outbox/own-history";
import { roomLevels } from "./room-levels";
import { CleanUp } from "./store/clean-up";
import { type ClientKey, clientReply } from "./store/client-keys";
import type { Commit } from "./store/commit";
import { type Answered, RoomStore } from "./store/room-store";
import { Attempts } from "./turns/attempts";
import type { Readers } from "./turns/background";
import { countChange } from "./turns/change-counts";
import { historyPage } from "./turns/history-reader";
import { NextTurn } from "./turns/next-turn";
import { ReadBack } from "./turns/read-back";
import { findMessage } from "./turns/superseding";
import { logTurns } from "./turns/turn-lines";
import { unharmed } from "./unharmed";
import { waitsForPerson, wakeTime } from "./wake-time";

/**
 * Where everything in a room meets: a rule is decided, its change committed, and only then do
 * sockets, runners and the outbox hear of it. Nothing here is a rule.
 */
export class Desk {
  readonly doors: Doors;
  readonly store: RoomStore;
  readonly failedWork: FailedWork;
  readonly held: HeldRoom;
  readonly connections: Connections;
  readonly fanOut: FanOut;
  readonly presence: PresenceFeed;
  readonly live: LiveText;
  readonly progress: ProgressFeed<Progress, PhaseUpdate>;
  readonly attempts: Attempts;
  readonly nextTurn: NextTurn;
  readonly feeds: Feeds;
  readonly history: OwnHistory;
  readonly files: RoomFiles;
  readonly older: OlderHistory;
  readonly cleanUp: CleanUp;
  readonly alarm: AlarmClock;
  readonly metrics: MetricsFeed;
  readonly readBack: ReadBack;
  readonly hold: (work: Promise<unknown>) => void;
  readonly #audience: Audience;

  constructor(ctx: DurableObjectState, doors: Doors) {
    this.doors = doors;
    this.hold = (work) => ctx.waitUntil(work);
    this.store = new RoomStore(doors.storage);
    this.held = new HeldRoom(this.store);
    const { store, held, hold } = this;
    const { now, random, storage } = doors;
    const room = () => held.known;
    const perform = (rule: (draft: Draft) => void) => void this.perform(rule);
    const rearm = () => this.alarm.arm();
    const taskId = () => this.taskId;
    this.failedWork = new FailedWork({ storage, now, random, taskId, rearm });
    const { failedWork } = this;
    this.#audience = new Audience({ sockets: ctx.getWebSockets(), held, now });
    this.connections = this.#audience.connections;
    this.fanOut = this.#audience.fanOut;
    this.presence = this.#audience.presence;
    this.live = this.#audience.text;
    this.progress = this.#audience.progress;
    const levels = () => roomLevels(this);
    const send = doors.tellMetrics;
    this.metrics = new MetricsFeed({ send, levels, hold });
    this.cleanUp = new CleanUp({ doors, store, held });
    this.history = new OwnHistory({ doors, store, held });
    this.files = new RoomFiles({ doors, store, held, hold });
    this.feeds = new Feeds({
      doors,
      store,
      history: this.history,
      metrics: this.metrics,
      room,
      hold,
      rearm,
      caughtUp: () => this.#caughtUp(),
    });
    const audience = this.#audience;
    const { history, feeds, files } = this;
    this.older = new OlderHistory({
      doors,
      held,
      feeds,
      history,
      files,
      failedWork,
      perform,
      hold,
    });
    this.readBack = new ReadBack({ store, held, history, feeds, hold });
    const readers: Readers = {
      page: (query, bytes) => historyPage(this, query, bytes),
      find: async (messageId) => (await findMessage(this, messageId))?.message,
    };
    const { readBack } = this;
    this.attempts = new Attempts({
      ...{ doors, store, held, audience, failedWork, readBack, readers, perform, hold },
    });
    this.nextTurn = new NextTurn({ doors, failedWork, room: () => this.room, perform, hold });
    const due = () => wakeTime(this, now());
    const sleeps = () => waitsForPerson(this.room);
    this.alarm = new AlarmClock({ storage, now, random, hold, due, sleeps });
  }

  /** The room as it is; nothing where no task was created, or it was erased. */
  get room(): Room | undefined {
    return this.held.room;
  }

  get taskId(): string | undefined {
    return this.held.taskId;
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
      clientToolTimeoutMs: settings.CLIENT_TOOL_TIMEOUT_MS,
      roundsLeft: (turnId: string, step: string) =>
        this.store.toolValues.roundsLeft({ turnId, step }),
      usesLeft: (turnId: string, step: string) => this.store.toolValues.usesLeft({ turnId, step }),
      usesOf: (messageId: string) => usesIn(this.store.messages.get(messageId)?.metadata),
      answersOf: (turn: Turn) => this.store.answersOf(turn),
    };
    const decision: Decision<T> = decide(room, context, rule);
    if ("refusal" in decision) return refused(decision.refusal);
    this.#commitAndTell(stored, decision.change, answered(clientKeys, decision.reply));
    return accepted(decision.reply);
  }

  #commitAndTell(before: Room | undefined, change: Change, answers: Answered[]): void {
    if (before && answers.length === 0 && changesNothing(before, change)) return;
    const commit = this.#commit(before, change, answers);
    const { room, events, effects } = change;
    this.held.keep(room);
    for (const turnId of endedAttempts(events)) this.live.drop(turnId);
    this.presence.flush();
    this.fanOut.send(events, commit.texts);
    this.alarm.arm();
    this.doors.fault("after fan-out");
    for (const effect of effects) this.#start(effect, { before, events });
    this.feeds.hear(commit);
    unharmed("read_back_failed", this.taskId, () => this.readBack.hear(events));
    unharmed("metrics_failed", this.taskId, () => countChange(this.metrics, change));
    logTurns(this, room.state.task.id, events);
    unharmed("clean_up_failed", this.taskId, () => this.cleanUp.after(change));
  }

  #commit(before: Room | undefined, change: Change, answers: Answered[]): Commit {
    try {
      this.doors.fault("before commit");
      const commit = this.store.commit(before, change, this.doors.now(), answers);
      this.doors.fault("after commit");
      return commit;
    } catch (error) {
      // Nothing was written, so the room and the text being written are as before; only what the
      // store remembers of its rows may be ahead.
      this.store.load();
      throw error;
    }
  }

  #start(effect: Effect, made: { before: Room | undefined; events: LogEvent[] }): void {
    switch (effect.type) {
      case "run":
        this.attempts.start(effect);
        break;
      case "abort":
        this.attempts.abort(effect, made);
        break;
      case "begin":
        this.nextTurn.begin();
        break;
    }
  }

  /** A destination has been told all there was: what it has need not be kept any longer. */
  #caughtUp(): void {
    this.failedWork.attempt("clean-up", () => {
      this.cleanUp.thinMessages();
      this.cleanUp.run();
    });
    this.alarm.arm();
  }
}

/** Turns of which an attempt is over: the next one goes on from what was told of it. */
function endedAttempts(events: LogEvent[]): string[] {
  return events.flatMap((event) => {
    switch (event.type) {
      case "chat:start":
      case "chat:done":
      case "chat:error":
      case "chat:cancelled":
        return [event.data.turnId];
      default:
        return [];
    }
  });
}

function answered(keys: ClientKey[], reply: unknown): Answered[] {
  if (keys.length === 0) return [];
  const { messageId, turnId } = clientReply.parse(reply);
  return keys.map((key) => ({ key, reply: { messageId, turnId } }));
}
