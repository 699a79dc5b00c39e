import { DurableObject } from "cloudflare:workers";
import { FileBucket } from "../../files/bucket";
import { removeApiKey } from "../../history/api-keys";
import { inTime } from "../../platform/in-time";
import type { ResealCount } from "../../platform/reseal";
import { readOnce, settings } from "../../platform/settings";
import type { Outcome } from "../../protocol/errors";
import type { Attachment } from "../../protocol/files/attachment";
import type { File } from "../../protocol/files/file";
import type { Principal } from "../../protocol/identity";
import type { ListTasks } from "../../protocol/rest/list-tasks";
import type {
  AckNotifications,
  ListNotifications,
  UnreadCount,
} from "../../protocol/rest/notifications";
import type { Page } from "../../protocol/rest/page";
import type { FoundPage, SearchMessages } from "../../protocol/rest/search";
import type { FoundFile, NewFile } from "../../protocol/rooms/files";
import type { NewTurnHook, TurnHook, TurnNews } from "../../protocol/rooms/turn-hook";
import type { Session } from "../../protocol/session";
import type { Task } from "../../protocol/task";
import type { KeptNotification } from "../../protocol/user-events";
import type {
  CreatedWebhook,
  CreateWebhook,
  Delivery,
  PatchWebhook,
  Webhook,
} from "../../protocol/webhooks";
import { tellShard } from "../metrics-shard/api";
import type { NewFork, NewTask } from "../task-room/api";
import {
  type CreatedTask,
  KEY_GUARD_HEADER,
  type OnceKey,
  type OpenedSession,
  type OpenSession,
  type PageQuery,
  type SessionGrant,
  type ShareFiles,
  type TaskNews,
  type UserRoomApi,
} from "./api";
import { upgradeMailbox } from "./arrival/mailbox-upgrade";
import { Home } from "./home";
import type { UserFaultPoint } from "./surroundings";
import { type TaskRooms, taskRoom, taskRooms } from "./task-rooms";
import type { Version } from "./tasks/version";
import { resealWebhooks } from "./webhooks/reseal";

/** Milliseconds that the database of keys may take before a try counts as failed. */
const DATABASE_PATIENCE_MS = 5000;

const settingsOf = readOnce(
  settings.pick({
    SESSION_IDLE_MS: true,
    SESSIONS_PER_USER: true,
    ALLOW_PRIVATE_TARGETS: true,
    SECRETS_KEY: true,
    WEBHOOK_RETRY_INITIAL_MS: true,
    FILES_PER_USER_BYTES: true,
  }),
);

/** One object per user: what is the user's outlives every task's room and every restart. */
export class UserRoom extends DurableObject<Env> implements UserRoomApi {
  readonly #home: Home;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    this.#home = new Home(ctx, {
      settings: settingsOf(env),
      now: () => this.now(),
      rooms: this.taskRooms(),
      fault: (point) => this.fault(point),
      tellMetrics: (tally, levels) => tellShard(env, ctx.id.toString(), tally, levels),
      dropKey: (userId, keyId) =>
        inTime(DATABASE_PATIENCE_MS, () => removeApiKey(this.database(), userId, keyId)),
      database: () => this.database(),
      bucket: () => this.bucket(),
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
    return taskRooms((taskId, near) => taskRoom(this.env, taskId, near));
  }

  /** The same. */
  protected database(): D1Database {
    return this.env.DB;
  }

  /** The same. */
  protected bucket(): FileBucket | undefined {
    return this.env.FILES && new FileBucket(this.env.FILES);
  }

  createTask(principal: Principal, input: NewTask, once?: OnceKey): Promise<Outcome<CreatedTask>> {
    return this.#home.tasks.create(principal, input, once);
  }

  forkTask(principal: Principal, input: NewFork, once?: OnceKey): Promise<Outcome<CreatedTask>> {
    return this.#home.tasks.fork(principal, input, once);
  }

  listTasks(userId: string, query: ListTasks): Promise<Outcome<Page<Task>>> {
    return this.#home.tasks.list(userId, query);
  }

  async listedAmong(taskIds: string[]): Promise<string[]> {
    return this.#home.tasks.listedAmong(taskIds);
  }

  reserveFile(file: NewFile, taskId?: string): Promise<Outcome<File | null>> {
    return this.#home.files.reserve(file, taskId);
  }

  finishFile(fileId: string, sha256: string): Promise<Outcome<File>> {
    return this.#home.files.finish(fileId, sha256);
  }

  async abandonFile(fileId: string): Promise<void> {
    await this.#home.files.abandon(fileId);
  }

  async findFile(fileId: string): Promise<Outcome<FoundFile>> {
    return this.#home.files.find(fileId);
  }

  removeFile(fileId: string): Promise<Outcome<null>> {
    return this.#home.files.remove(fileId);
  }

  claimFiles(taskId: string, fileIds: string[]): Promise<Outcome<Attachment[]>> {
    return this.#home.carriers.claim(taskId, fileIds);
  }

  shareFiles(share: ShareFiles): Promise<Outcome<string[]>> {
    return this.#home.carriers.share(share);
  }

  async settleFiles(taskId: string): Promise<void> {
    await this.#home.carriers.settle(taskId);
  }

  async releaseFiles(taskId: string, carried?: string[]): Promise<void> {
    await this.#home.carriers.release(taskId, carried);
  }

  async unknownFiles(fileIds: string[]): Promise<string[]> {
    return this.#home.files.unknown(fileIds);
  }

  search(userId: string, query: SearchMessages): Promise<Outcome<FoundPage>> {
    return this.#home.searches.find(userId, query);
  }

  openSession(input: OpenSession): Promise<Outcome<OpenedSession>> {
    return this.#home.entry.open(input);
  }

  createSession(userId: string, taskId: string): Promise<Outcome<SessionGrant>> {
    return this.#home.entry.create(userId, taskId);
  }

  recoverSession(userId: string, recoveryToken: string): Promise<Outcome<SessionGrant>> {
    return this.#home.entry.recover(userId, recoveryToken);
  }

  async listSessions(userId: string, query: PageQuery): Promise<Outcome<Page<Session>>> {
    return this.#home.sessions.list(userId, query);
  }

  revokeSession(userId: string, sessionId: string): Promise<Outcome<null>> {
    return this.#home.sessions.revoke(userId, sessionId);
  }

  async confirmConnection(sessionId: string, connectionId: string): Promise<void> {
    this.#home.sessions.confirm(sessionId, connectionId);
  }

  async closeConnection(sessionId: string, connectionId: string, at: number): Promise<void> {
    await this.#home.sessions.close(sessionId, connectionId, at);
  }

  revokeKey(userId: string, keyId: string): Promise<Outcome<null>> {
    return this.#home.revocations.revoke(userId, keyId);
  }

  async connectedTasks(): Promise<string[]> {
    return this.#home.sessions.connectedTasks();
  }

  async closeKey(keyId: string): Promise<void> {
    this.#home.closeKey(keyId);
  }

  async forgetTask(taskId: string, left?: Version): Promise<void> {
    if (!left) return this.#home.forgetTask(taskId);
    const { epoch, seq } = left;
    await this.deliver({ taskId, epoch, items: [], left: seq });
  }

  override async fetch(request: Request): Promise<Response> {
    const guarded = request.headers.get(KEY_GUARD_HEADER);
    return guarded === null
      ? upgradeMailbox(this.#home.arrival, request)
      : this.#home.guards.open(guarded);
  }

  override webSocketMessage(ws: WebSocket, frame: string | ArrayBuffer): void {
    this.#home.sockets.receive(ws, frame);
  }

  override webSocketClose(ws: WebSocket, code: number): void {
    this.#home.sockets.closed(ws, code);
  }

  override webSocketError(ws: WebSocket): void {
    this.#home.sockets.closed(ws);
  }

  async deliver(news: TaskNews): Promise<void> {
    await this.#home.mailbox.deliver(news);
    await this.#home.queue.look();
    await this.#home.searches.tidy();
  }

  async listNotifications(query: ListNotifications): Promise<Outcome<Page<KeptNotification>>> {
    return this.#home.mailbox.list(query);
  }

  async acknowledge(which: AckNotifications): Promise<Outcome<UnreadCount>> {
    return this.#home.mailbox.acknowledge(which);
  }

  createWebhook(input: CreateWebhook): Promise<Outcome<CreatedWebhook>> {
    return this.#home.webhooks.create(input);
  }

  async listWebhooks(query: PageQuery): Promise<Outcome<Page<Webhook>>> {
    return this.#home.webhookLists.list(query);
  }

  patchWebhook(webhookId: string, patch: PatchWebhook): Promise<Outcome<Webhook>> {
    return this.#home.webhooks.patch(webhookId, patch);
  }

  rotateWebhookSecret(webhookId: string): Promise<Outcome<CreatedWebhook>> {
    return this.#home.webhooks.rotateSecret(webhookId);
  }

  testWebhook(webhookId: string): Promise<Outcome<Delivery>> {
    return this.#home.webhooks.test(webhookId);
  }

  async removeWebhook(webhookId: string): Promise<Outcome<null>> {
    return this.#home.webhooks.remove(webhookId);
  }

  /** Whoever looks at what is waiting sees it go on: an earlier self may have died on the way. */
  async listDeliveries(webhookId: string, query: PageQuery): Promise<Outcome<Page<Delivery>>> {
    await this.#home.queue.look();
    return this.#home.webhookLists.deliveries(webhookId, query);
  }

  retryDelivery(webhookId: string, deliveryId: string): Promise<Outcome<Delivery>> {
    return this.#home.webhooks.retry(webhookId, deliveryId);
  }

  putTurnHook(input: NewTurnHook): Promise<Outcome<TurnHook>> {
    return this.#home.turnHooks.put(input);
  }

  async listTurnHooks(turnId: string): Promise<TurnHook[]> {
    return this.#home.turnHooks.ofTurn(turnId);
  }

  async removeTurnHook(turnId: string, name: string): Promise<void> {
    this.#home.turnHooks.remove(turnId, name);
  }

  tellTurnHooks(taskId: string, news: TurnNews): Promise<void> {
    return this.#home.turnHooks.tell(taskId, news);
  }

  override async alarm(info?: AlarmInvocationInfo): Promise<void> {
    await this.#home.alarm.ring(info);
  }

  reseal(): Promise<ResealCount> {
    return resealWebhooks(this.ctx.storage, settingsOf(this.env).SECRETS_KEY);
  }
}
