import type { NoteAck } from "../../protocol/commands/chat-note";
import type { HistoryPage, HistorySync } from "../../protocol/commands/history-sync";
import type { SendAck } from "../../protocol/commands/send-ack";
import type { MomentaryEvent, RoomEvent } from "../../protocol/events";
import { type Reply, readFrame } from "../connection/frames";
import type { Place } from "../connection/handshake";
import { randomId } from "../connection/id";
import { Link } from "../connection/link";
import { Outbox } from "../connection/outbox";
import type {
  ConfirmAnswer,
  EditOptions,
  NoteOptions,
  RoomConnection,
  SendOptions,
} from "../connection/room-connection";
import type { ConnectionStatus } from "../connection/status";
import { Unsent } from "../connection/unsent";
import { TaskroomError } from "../errors";
import { Listeners } from "../listeners";
import type { ConnectOptions, RecoveryStore } from "../options";
import type { Context } from "../rest/context";
import { whyRoomRefused } from "../rest/refusal";
import { segment } from "../rest/segment";
import { Store } from "../store";
import type { RoomSnapshot } from "./room-snapshot";
import { oldestId, RoomView } from "./room-view";

const MOST_UNSENT = 100;
const PAGE_ITEMS = 50;

type Ready = Extract<MomentaryEvent, { type: "session:ready" }>["data"];
type TurnNamed = { turnId: string };
/** A command that may have taken effect must not be repeated, unless once more is the same. */
type Manner = { repeatable?: boolean; inLine?: boolean };

export class Room implements RoomConnection {
  readonly taskId: string;
  readonly #store: Store<RoomSnapshot>;
  readonly #view: RoomView;
  readonly #listeners = new Listeners<RoomEvent>();
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly #unsent: Unsent;
  readonly #recovery: RecoveryStore | undefined;
  readonly #replay: boolean;
  #recoveryToken: string | undefined;
  #me: string | undefined;
  #typing = false;
  #loading: Promise<boolean> | undefined;

  constructor(context: Context, taskId: string, options: ConnectOptions = {}) {
    this.taskId = taskId;
    this.#replay = options.replay ?? false;
    this.#recovery = options.recovery;
    this.#recoveryToken = keptIn(options.recovery);
    this.#store = new Store(emptySnapshot(options));
    this.#view = new RoomView(this.#store);
    this.#unsent = new Unsent((unsent) => this.#store.set({ unsent }));
    this.#outbox = new Outbox({
      most: options.maxUnsent ?? MOST_UNSENT,
      send: (text) => this.#link.send(text),
    });
    this.#link = new Link({
      context,
      path: `/tasks/${segment(taskId)}/chat`,
      place: () => this.#place(),
      onText: (text) => this.#hear(text),
      onStatus: (status) => this.#stand(status),
      onSessionExpired: () => this.#keep(undefined),
      whyRefused: () =>
        whyRoomRefused(context.request, taskId, this.#recoveryToken, (token) => this.#keep(token)),
    });
    this.#link.start();
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener);

  readonly getSnapshot = (): RoomSnapshot => this.#store.shown;

  readonly on: RoomConnection["on"] = (
    type: string,
    // Each listener gets what it named: the overloads say so, one signature cannot.
    listener: (event: never) => void,
  ) => this.#listeners.add(type, listener as (event: RoomEvent) => void);

  async send(content: string, options: SendOptions = {}): Promise<SendAck> {
    const { clientMessageId = randomId() } = options;
    const data = { ...options, clientMessageId, content };
    const message = { ...data, queuedAt: Date.now() };
    const answer = this.#ask<SendAck>("chat:send", data, { repeatable: true, inLine: true });
    this.#typing = false;
    this.#unsent.add(message);
    this.#store.publish();
    try {
      return await answer;
    } finally {
      this.#unsent.remove(message);
      this.#store.publish();
    }
  }

  async cancel({ turnId, reason }: { turnId?: string; reason?: string } = {}) {
    // Named now, so that a repeat cannot stop a turn that came later.
    const { task, openTurns } = this.#store.next.room ?? {};
    const target = turnId ?? task?.activeTurnId ?? openTurns?.[0]?.id;
    // With no turn to name, it is meant for what is on its way; said again, it could stop what came later.
    return this.#ask<{ turnId: string | null }>(
      "chat:cancel",
      { turnId: target, reason },
      {
        repeatable: target !== undefined,
        inLine: target === undefined && !this.#unsent.isEmpty,
      },
    );
  }

  retry(turnId: string) {
    return this.#ask<TurnNamed>("chat:retry", { turnId });
  }

  async regenerate(turnId: string) {
    // Once more is the same only while its turn is open.
    return this.#ask<SendAck>("chat:regenerate", { turnId });
  }

  async edit(messageId: string, content: string, options: EditOptions = {}) {
    const { clientMessageId = randomId() } = options;
    const data = { ...options, messageId, content, clientMessageId };
    return this.#ask<SendAck>("chat:edit", data, { repeatable: true, inLine: true });
  }

  async note(content: string, options: NoteOptions = {}) {
    const { clientMessageId = randomId() } = options;
    const data = { ...options, content, clientMessageId };
    return this.#ask<NoteAck>("chat:note", data, { repeatable: true, inLine: true });
  }

  async guide(content: string, { turnId }: { turnId?: string } = {}) {
    // Named now, too: it may wait for a connection, and is meant for what is being done here.
    const target = turnId ?? this.#store.next.room?.task.activeTurnId;
    return this.#ask<TurnNamed>("chat:guide", { turnId: target, content });
  }

  confirm(answer: ConfirmAnswer) {
    return this.#ask<TurnNamed>("turn:confirm", answer);
  }

  output(answer: Parameters<RoomConnection["output"]>[0]) {
    // Ids of calls may repeat: said twice, it could answer another call.
    return this.#ask<TurnNamed>("tool:output", answer);
  }

  typing(typing: boolean): void {
    if (this.#typing === typing || this.#store.next.connection.state !== "open") return;
    this.#typing = typing;
    this.#link.send(JSON.stringify({ type: "chat:typing", data: { typing } }));
  }

  async historySync(query: HistorySync = {}) {
    return this.#ask<HistoryPage>("history:sync", query, { repeatable: true });
  }

  loadOlder(limit = PAGE_ITEMS): Promise<boolean> {
    this.#loading ??= this.#loadOlder(limit).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  reconnectNow(): void {
    this.#link.reconnectNow();
  }

  close(): void {
    this.#link.close();
  }

  async #loadOlder(limit: number): Promise<boolean> {
    const { next } = this.#store;
    const before = oldestId(next);
    if (next.room === undefined || next.hasOlder === false) return next.room === undefined;
    // A snapshot may have had no room for a single message: then the newest page is asked for.
    const query = before === undefined ? { limit } : { before, limit };
    const { messages, hasMore } = await this.historySync(query);
    this.#view.prepend(messages, before, hasMore);
    this.#store.publish();
    return hasMore;
  }

  #ask<Answer>(type: string, data: object, manner: Manner = {}): Promise<Answer> {
    return this.#outbox.add({ type, data, repeatable: false, inLine: false, ...manner });
  }

  #place(): Place {
    const { place } = this.#view;
    const token = this.#recoveryToken;
    return {
      query: place ?? (this.#replay ? { after: "0" } : {}),
      protocols: token === undefined ? [] : [`taskroom.resume.${token}`],
    };
  }

  #hear(text: string): void {
    const { replies, events } = readFrame<RoomEvent>(text);
    const heard: RoomEvent[] = [];
    for (const event of events) {
      const news = this.#view.apply(event);
      if (news === "gap") this.#link.restart("events are missing");
      if (news === "gap") break;
      if (news === "new") heard.push(event);
      if (event.type === "chat:message") this.#unsent.heard(event.data, this.#me);
      if (event.type === "session:ready") this.#ready(event.data);
    }
    for (const reply of replies) this.#answered(reply);
    this.#store.publish();
    for (const event of heard) this.#listeners.tell(event);
  }

  #ready({ recoveryToken, resumed, limits, userId }: Ready): void {
    this.#me = userId;
    this.#keep(recoveryToken);
    this.#link.ready(resumed);
    this.#outbox.open(limits.frameBytes);
  }

  #answered(reply: Reply): void {
    // An error without `ref` is about a frame that could not be read: none of ours.
    if (reply.ref === undefined) return;
    if (reply.type === "ack") this.#outbox.settle(reply.ref, reply.data);
    else this.#outbox.refuse(reply.ref, reply.error);
  }

  #stand(connection: ConnectionStatus): void {
    this.#store.set({ connection });
    if (connection.state !== "open") {
      this.#typing = false;
      this.#outbox.lost();
    }
    if (connection.state === "closed") {
      const { closed, error: cause } = connection;
      this.#outbox.end(new TaskroomError("closed", closed.reason, { cause }));
    } else this.#outbox.begin();
    this.#store.publish();
  }

  #keep(recoveryToken: string | undefined): void {
    this.#recoveryToken = recoveryToken;
    if (recoveryToken !== undefined) keepIn(this.#recovery, recoveryToken);
  }
}

/** A store that can't be read, as some browsers' is on some pages, has nothing. */
function keptIn(recovery: RecoveryStore | undefined): string | undefined {
  try {
    return recovery?.get() ?? undefined;
  } catch {
    return undefined;
  }
}

/** Where nothing can be kept, the page's next visit is a new session. */
function keepIn(recovery: RecoveryStore | undefined, token: string): void {
  try {
    recovery?.set(token);
  } catch {
    // What it cannot keep, this room has in memory.
  }
}

function emptySnapshot({ state }: ConnectOptions): RoomSnapshot {
  return {
    connection: { state: "connecting", attempt: 1 },
    room: state,
    presence: [],
    unsent: [],
    older: [],
    hasOlder: undefined,
    sessionId: undefined,
    limits: undefined,
  };
}
