import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { until } from "../support/until";
import { startWebhookReceiver, type WebhookReceiver } from "../support/webhook-receiver";
import type { Sent } from "./evidence";
import { FaultUser } from "./fault-user";
import type { Random } from "./random";
import { type Stage, TURN_LIMIT_MS } from "./stage";
import { Watcher, type WatcherOptions } from "./watcher";

/** Milliseconds past a turn's limit within which its end must stand: an alarm after a restart. */
const LATE_MS = 15_000;
/** Refusals of a service that is not well; whoever sends again, under the same id, gets through later. */
const MAY_PASS = new Set(["internal", "unavailable"]);
const AGAIN_AFTER_MS = 700;
export const HOOKED = ["task:created", "task:status", "turn:waiting", "notification"];

const made = z.looseObject({ id: z.string(), secret: z.string() });
const ack = z.object({ messageId: z.string(), turnId: z.string(), duplicate: z.boolean() });
export type Ack = z.infer<typeof ack>;

export type RoomOptions = {
  /** What the task is made with; a function makes what the task refers to first. */
  task?: object | ((owner: FaultUser, mark: string) => Promise<object>);
  watchers?: number;
  hooked?: boolean;
  /** False where the clock is moved. */
  timed?: boolean;
  /** Seconds for which its owner's token is good. */
  ttlSeconds?: number;
};

export type SendOptions = {
  content?: string;
  clientMessageId?: string;
  onBusy?: string;
  by?: Watcher;
  clientTools?: object[];
  /** Repeats also what the room could not store. */
  patient?: boolean;
};

/** One task with its owner, its clients and all that was sent to it. */
export class FaultRoom {
  readonly stage: Stage;
  readonly mark: string;
  readonly owner: FaultUser;
  readonly watchers: Watcher[] = [];
  readonly sent: Sent[] = [];
  readonly turnLimitMs: number | undefined;
  hook: { id: string; receiver: WebhookReceiver } | undefined;
  #taskId = "";
  #contents = 0;

  private constructor(stage: Stage, mark: string, owner: FaultUser, timed: boolean) {
    this.stage = stage;
    this.mark = mark;
    this.owner = owner;
    this.turnLimitMs = timed ? TURN_LIMIT_MS + LATE_MS : undefined;
  }

  static async open(stage: Stage, random: Random, options: RoomOptions = {}): Promise<FaultRoom> {
    const { watchers = random.between(1, 3), hooked = random.chance(0.3), timed = true } = options;
    const { ttlSeconds = 3600 } = options;
    const mark = stage.newMark();
    // A user of its own for each room: what is heard of another's shows.
    const name = `u${mark.slice(3, -2)}`;
    const room = new FaultRoom(
      stage,
      mark,
      await FaultUser.of(stage.server, name, { ttlSeconds }),
      timed,
    );
    if (hooked) await room.#hook();
    const { task } = options;
    const body = typeof task === "function" ? await task(room.owner, mark) : task;
    room.#taskId = await room.owner.newTask({ title: `Room ${mark}`, ...body });
    for (let i = 0; i < watchers; i++) await room.watch({ replay: i === 1 });
    return room;
  }

  get taskId(): string {
    return this.#taskId;
  }

  /** The first of its clients. */
  get client(): Watcher {
    const [first] = this.watchers;
    if (!first) throw new Error("nobody watches the room");
    return first;
  }

  get last(): Watcher {
    return this.watchers.at(-1) ?? this.client;
  }

  async watch(options: WatcherOptions = {}): Promise<Watcher> {
    const name = `client ${this.watchers.length + 1} of ${this.mark}`;
    const watcher = await Watcher.open(this.owner, this.taskId, { name, ...options });
    this.watchers.push(watcher);
    return watcher;
  }

  /** Something to say that nobody else says. */
  newContent(): string {
    return `${this.mark} question ${++this.#contents}`;
  }

  note(content: string): Sent {
    const known = this.sent.find((one) => one.content === content);
    if (known) return known;
    const sent: Sent = { content, acks: [] };
    this.sent.push(sent);
    return sent;
  }

  /** Sends as a client does that repeats until it is acknowledged. */
  async send(options: SendOptions = {}): Promise<Ack> {
    const { content = this.newContent(), by = this.client, patient = false, ...more } = options;
    const sent = this.note(content);
    const data = { content, clientMessageId: randomUUID(), ...more };
    const deadline = Date.now() + this.stage.patienceMs;
    while (Date.now() < deadline) {
      await by.whenOpen();
      const reply = await by.ask("chat:send", data);
      if (!reply) continue;
      if (patient && MAY_PASS.has(reply.error?.code ?? "")) {
        await wait(AGAIN_AFTER_MS);
        continue;
      }
      if (reply.type !== "ack") throw new Error(`chat:send: ${JSON.stringify(reply.error)}`);
      const { messageId, turnId, duplicate } = ack.parse(reply.data);
      sent.acks.push({ messageId, turnId });
      return { messageId, turnId, duplicate };
    }
    throw new Error(`${content} was not acknowledged`);
  }

  get isAtRest(): boolean {
    const state = this.client.frames.state;
    return state?.openTurns.length === 0 && !["PENDING", "RUNNING"].includes(state.task.status);
  }

  /** Resolves when no turn is open any more; leaves what never ends to the check. */
  async rest(): Promise<void> {
    await until("the room rests", () => this.isAtRest, this.stage.patienceMs).catch(
      () => undefined,
    );
  }

  async close(): Promise<void> {
    for (const watcher of this.watchers) watcher.stop();
    await this.hook?.receiver.close();
  }

  async #hook(): Promise<void> {
    const receiver = await startWebhookReceiver();
    const { url } = receiver;
    const body = { url, events: HOOKED };
    const { id, secret } = await this.owner.ask(made, "POST", "/webhooks", body);
    receiver.secret = secret;
    this.hook = { id, receiver };
  }
}

export { ack };
