import { DurableObject } from "cloudflare:workers";
import { describeError, logError } from "../../platform/platform-log";
import { readOnce, settings } from "../../platform/settings";
import type { Outcome } from "../../protocol/errors";
import type {
  AckNotifications,
  ListNotifications,
  UnreadCount,
} from "../../protocol/rest/notifications";
import type { Page } from "../../protocol/rest/page";
import type { Session } from "../../protocol/session";
import type { KeptNotification } from "../../protocol/user-events";
import type { CreatedWebhook, CreateWebhook, Delivery, Webhook } from "../../protocol/webhooks";
import { MetricsFeed } from "../metrics-feed";
import { metricsShardOf } from "../metrics-shard/api";
import type {
  OpenedSession,
  OpenSession,
  PageQuery,
  SessionGrant,
  TaskNews,
  UserRoomApi,
} from "./api";
import { upgradeMailbox } from "./arrival/mailbox-upgrade";
import { UserSockets } from "./arrival/user-sockets";
import { Deadlines, PAUSE_MS } from "./deadlines";
import { Mailbox } from "./news/mailbox";
import { RoomCheck } from "./sessions/room-check";
import { SessionAlarm } from "./sessions/session-alarm";
import { SessionEntry } from "./sessions/session-entry";
import { Sessions } from "./sessions/sessions";
import type { UserFaultPoint } from "./surroundings";
import { type TaskRooms, taskRooms } from "./task-rooms";
import { WebhookQueue } from "./webhooks/webhook-queue";
import { Webhooks } from "./webhooks/webhooks";

/** Milliseconds until the alarm comes again where one of its parts has failed. */
const FAULT_REST_MS = 60_000;

const limitsOf = readOnce(
  settings.pick({
    SESSION_IDLE_MS: true,
    SESSIONS_PER_USER: true,
    ALLOW_PRIVATE_TARGETS: true,
    SECRETS_KEY: true,
    WEBHOOK_RETRY_INITIAL_MS: true,
  }),
);

/** One object per user: what is the user's outlives every task's room and every restart. */
export class UserRoom extends DurableObject<Env> implements UserRoomApi {
  readonly #metrics: MetricsFeed;
  readonly #entry: SessionEntry;
  readonly #sessions: Sessions;
  readonly #alarm: SessionAlarm;
  readonly #deadlines: Deadlines;
  readonly #sockets: UserSockets;
  readonly #mailbox: Mailbox;
  readonly #queue: WebhookQueue;
  readonly #webhooks: Webhooks;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    const { storage } = ctx;
    const limits = limitsOf(env);
    const now = () => this.now();
    const deadlines = new Deadlines(storage, limits.SESSION_IDLE_MS);
    const hold = (work: Promise<unknown>) => ctx.waitUntil(work);
    const metrics = new MetricsFeed({
      send: (tally) => metricsShardOf(env, ctx.id.toString()).add(tally),
      hold,
    });
    this.#metrics = metrics;
    const around = { storage, limits, now, rooms: this.taskRooms(), deadlines, metrics };
    const check = new RoomCheck(around);
    this.#entry = new SessionEntry(around, check);
    this.#sessions = new Sessions(around, check);
    this.#alarm = new SessionAlarm(around, check);
    this.#deadlines = deadlines;
    this.#sockets = new UserSockets(ctx.getWebSockets(), now, metrics);
    const sockets = this.#sockets;
    const fault = (point: UserFaultPoint) => this.fault(point);
    this.#queue = new WebhookQueue({
      storage,
      now,
      deadlines,
      fault,
      settings: limits,
      hold,
      write: (facts) => this.#mailbox.write(facts),
    });
    this.#webhooks = new Webhooks({ storage, now, settings: limits, queue: this.#queue });
    this.#mailbox = new Mailbox({
      storage,
      now,
      sockets,
      deadlines,
      fault,
      queue: (tables, events) => this.#queue.add(tables, events),
    });
  }

  /** A test build stops the runtime here. */
  protected fault(_point: UserFaultPoint): void {}

  /** Milliseconds since 1970; a test build moves it. */
  protected now(): number {
    return Date.now();
  }

  /** A test build puts its own in their place. */
  protected taskRooms(): TaskRooms {
    return taskRooms((taskId) => this.env.TASK_ROOM.getByName(taskId));
  }

  openSession(input: OpenSession): Promise<Outcome<OpenedSession>> {
    return this.#entry.open(input);
  }

  createSession(userId: string, taskId: string): Promise<Outcome<SessionGrant>> {
    return this.#entry.create(userId, taskId);
  }

  recoverSession(userId: string, recoveryToken: string): Promise<Outcome<SessionGrant>> {
    return this.#entry.recover(userId, recoveryToken);
  }

  async listSessions(
    userId: string,
    query: { limit: number; cursor?: string | undefined },
  ): Promise<Outcome<Page<Session>>> {
    return this.#sessions.list(userId, query);
  }

  revokeSession(userId: string, sessionId: string): Promise<Outcome<null>> {
    return this.#sessions.revoke(userId, sessionId);
  }

  async confirmConnection(sessionId: string, connectionId: string): Promise<void> {
    this.#sessions.confirm(sessionId, connectionId);
  }

  async closeConnection(
    sessionId: string,
    connectionId: string,
    lastActiveAt: number,
  ): Promise<void> {
    await this.#sessions.close(sessionId, connectionId, lastActiveAt);
  }

  async connectedTasks(): Promise<string[]> {
    return this.#sessions.connectedTasks();
  }

  async forgetTask(taskId: string): Promise<void> {
    this.#sessions.forgetTask(taskId);
  }

  override fetch(request: Request): Promise<Response> {
    return upgradeMailbox(this.#mailboxDoors(), request);
  }

  override webSocketMessage(ws: WebSocket, frame: string | ArrayBuffer): void {
    this.#sockets.receive(ws, frame);
  }

  override webSocketClose(ws: WebSocket, code: number): void {
    // 1005 and 1006 mean that no code came; they can't be sent back.
    ws.close(code === 1005 || code === 1006 ? 1000 : code, "closed");
    this.#sockets.remove(ws);
  }

  override webSocketError(ws: WebSocket): void {
    this.#sockets.remove(ws);
  }

  async deliver(news: TaskNews): Promise<void> {
    await this.#mailbox.deliver(news);
    await this.#queue.look();
  }

  async listNotifications(query: ListNotifications): Promise<Outcome<Page<KeptNotification>>> {
    return this.#mailbox.list(query);
  }

  async acknowledge(which: AckNotifications): Promise<Outcome<UnreadCount>> {
    return this.#mailbox.acknowledge(which);
  }

  createWebhook(input: CreateWebhook): Promise<Outcome<CreatedWebhook>> {
    return this.#webhooks.create(input);
  }

  async listWebhooks(query: PageQuery): Promise<Outcome<Page<Webhook>>> {
    return this.#webhooks.list(query);
  }

  async removeWebhook(webhookId: string): Promise<Outcome<null>> {
    return this.#webhooks.remove(webhookId);
  }

  /** Whoever looks at what is waiting sees it go on: an earlier self may have died on the way. */
  async listDeliveries(webhookId: string, query: PageQuery): Promise<Outcome<Page<Delivery>>> {
    await this.#queue.look();
    return this.#webhooks.deliveries(webhookId, query);
  }

  retryDelivery(webhookId: string, deliveryId: string): Promise<Outcome<Delivery>> {
    return this.#webhooks.retry(webhookId, deliveryId);
  }

  async closeKey(keyId: string): Promise<void> {
    this.#sockets.closeKey(keyId);
  }

  /** Each part does what is due of its own and says when it is to ring again; none waits for another. */
  override async alarm(info?: AlarmInvocationInfo): Promise<void> {
    if (info) this.#countLateness(info);
    const parts = [this.#expire(), this.#mailbox.ring(), this.#queue.ring(), this.#alarm.ring()];
    const rung = await Promise.allSettled(parts);
    const failed = rung.flatMap((part) => (part.status === "rejected" ? [part.reason] : []));
    if (failed.length === 0) return;
    logError("user_alarm_failed", { causes: failed.flatMap(describeError) });
    await this.#deadlines.atLatest(this.now() + FAULT_REST_MS);
  }

  /** A repeated alarm is late by its own doing. */
  #countLateness({ isRetry, scheduledTime }: AlarmInvocationInfo): void {
    if (isRetry) return;
    const value = Math.max(0, Date.now() - scheduledTime) / 1000;
    const labels = { room: "user" } as const;
    this.#metrics.delay({ metric: "taskroom_alarm_lateness_seconds", labels, value });
  }

  async #expire(): Promise<void> {
    this.#sockets.closeExpired();
    const expiry = this.#sockets.nextExpiry();
    if (expiry === undefined) return;
    await this.#deadlines.atLatest(Math.max(expiry, this.now() + PAUSE_MS));
  }

  #mailboxDoors() {
    return {
      ctx: this.ctx,
      now: () => this.now(),
      sockets: this.#sockets,
      mailbox: this.#mailbox,
      deadlines: this.#deadlines,
    };
  }
}
