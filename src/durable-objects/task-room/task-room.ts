import { DurableObject } from "cloudflare:workers";
import { meetDeadlines } from "../../engine/turn/deadlines";
import { increment } from "../../platform/metrics";
import { describeError, logError } from "../../platform/platform-log";
import { CLOSE } from "../../protocol/close-codes";
import type { Outcome } from "../../protocol/errors";
import type { LogEvent } from "../../protocol/events";
import type { Principal } from "../../protocol/identity";
import type { Message } from "../../protocol/message";
import type { ExecuteTask } from "../../protocol/rest/execute-task";
import type { ListEvents } from "../../protocol/rest/list-events";
import type { ListLogs, LoggedEntry } from "../../protocol/rest/list-logs";
import type { ListMessages } from "../../protocol/rest/list-messages";
import type { ListTurns } from "../../protocol/rest/list-turns";
import type { Page } from "../../protocol/rest/page";
import type { PatchStatus } from "../../protocol/rest/patch-status";
import type { PatchTask } from "../../protocol/rest/patch-task";
import type { PutMember } from "../../protocol/rest/put-member";
import type { ConfirmTurn } from "../../protocol/rest/turn-actions";
import type { TaskStats } from "../../protocol/stats";
import type { Task } from "../../protocol/task";
import type { Turn } from "../../protocol/turn";
import type { NewTask, SessionActivity, TaskRoomApi } from "./api";
import { upgrade } from "./arrival/upgrade";
import { goOnErasing, removeTask } from "./commands/erasure";
import { handleFrame } from "./commands/frame-handler";
import { readEvents, readLogs } from "./commands/log-queries";
import { dropMember, putMember, readMembers } from "./commands/member-commands";
import * as queries from "./commands/queries";
import { readStats } from "./commands/stats";
import * as tasks from "./commands/task-commands";
import { Desk } from "./desk";
import { type Doors, productionDoors } from "./doors";
import type { Connection } from "./live/connection";

/** One task's room: lifecycle and wiring. Its rules are in `src/engine`, its work at the desk. */
export class TaskRoom extends DurableObject<Env> implements TaskRoomApi {
  readonly #desk: Desk;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    this.#desk = new Desk(ctx, this.doors(ctx, env));
    ctx.blockConcurrencyWhile(() => this.#desk.alarm.restore());
  }

  /** A test build puts failing doors in place of these. */
  protected doors(ctx: DurableObjectState, env: Env): Doors {
    return productionDoors(ctx, env);
  }

  override async fetch(request: Request): Promise<Response> {
    const desk = this.#awake();
    return upgrade(this.ctx, desk, request, {
      open: (input) => this.#userRoom(input.userId).openSession(input),
      close: (userId, sessionId, connectionId) => {
        const room = this.#userRoom(userId);
        this.#report(() => room.closeConnection(sessionId, connectionId, desk.doors.now()));
      },
    });
  }

  override webSocketMessage(ws: WebSocket, frame: string | ArrayBuffer): void {
    const desk = this.#awake();
    const connection = desk.connections.of(ws);
    if (!connection) {
      ws.close(CLOSE.restart, "restart");
      return;
    }
    handleFrame(desk, connection, frame);
    if (connection.attached.unconfirmed) this.#confirm(connection);
  }

  override webSocketClose(ws: WebSocket, code: number): void {
    // 1005 and 1006 mean that no code came; they can't be sent back.
    ws.close(code === 1005 || code === 1006 ? 1000 : code, "closed");
    this.#gone(ws);
  }

  override webSocketError(ws: WebSocket): void {
    this.#gone(ws);
  }

  override async alarm(info?: AlarmInvocationInfo): Promise<void> {
    const desk = this.#desk;
    const lateMs = desk.alarm.rang(info?.scheduledTime);
    if (lateMs !== undefined) {
      const value = lateMs / 1000;
      const labels = { room: "task" } as const;
      desk.metrics.delay({ metric: "taskroom_alarm_lateness_seconds", labels, value });
    }
    desk.doors.fault("alarm");
    try {
      if (desk.deletedAt !== undefined) await goOnErasing(desk, () => this.#eraseStorage());
      else desk.alarm.after(() => this.#lookAround(this.#awake()));
    } finally {
      desk.alarm.arm();
    }
  }

  async create(principal: Principal, input: NewTask): Promise<Outcome<Task>> {
    return tasks.createTask(this.#awake(), principal, input);
  }

  async read(principal: Principal): Promise<Outcome<Task>> {
    return queries.readTask(this.#awake(), principal);
  }

  async update(principal: Principal, patch: PatchTask): Promise<Outcome<Task>> {
    return tasks.patchTask(this.#awake(), principal, patch);
  }

  async setStatus(principal: Principal, change: PatchStatus): Promise<Outcome<Task>> {
    return tasks.changeStatus(this.#awake(), principal, change);
  }

  async remove(principal: Principal): Promise<Outcome<null>> {
    return removeTask(this.#awake(), principal, () => this.#eraseStorage());
  }

  async messages(principal: Principal, query: ListMessages): Promise<Outcome<Page<Message>>> {
    return queries.readMessages(this.#awake(), principal, query);
  }

  async turns(principal: Principal, query: ListTurns): Promise<Outcome<Page<Turn>>> {
    return queries.readTurns(this.#awake(), principal, query);
  }

  async turn(principal: Principal, turnId: string): Promise<Outcome<Turn>> {
    return queries.readTurn(this.#awake(), principal, turnId);
  }

  async events(principal: Principal, query: ListEvents): Promise<Outcome<Page<LogEvent>>> {
    return readEvents(this.#awake(), principal, query);
  }

  async logs(principal: Principal, query: ListLogs): Promise<Outcome<Page<LoggedEntry>>> {
    return readLogs(this.#awake(), principal, query);
  }

  async members(principal: Principal): Promise<Outcome<Page<PutMember>>> {
    return readMembers(this.#awake(), principal);
  }

  async putMember(principal: Principal, member: PutMember): Promise<Outcome<PutMember>> {
    return putMember(this.#awake(), principal, member);
  }

  async dropMember(principal: Principal, userId: string): Promise<Outcome<null>> {
    return dropMember(this.#awake(), principal, userId);
  }

  async stats(principal: Principal): Promise<Outcome<TaskStats>> {
    return readStats(this.#awake(), principal);
  }

  async execute(
    principal: Principal,
    input: ExecuteTask,
    idempotencyKey?: string,
  ): Promise<Outcome<{ turn: Turn }>> {
    return tasks.execute(this.#awake(), principal, input, idempotencyKey);
  }

  async interruptTurn(
    principal: Principal,
    turnId: string,
    reason?: string,
  ): Promise<Outcome<Turn>> {
    return tasks.interruptTurn(this.#awake(), principal, turnId, reason);
  }

  async retryTurn(principal: Principal, turnId: string): Promise<Outcome<Turn>> {
    return tasks.retryTurn(this.#awake(), principal, turnId);
  }

  async confirmTurn(
    principal: Principal,
    turnId: string,
    input: ConfirmTurn,
  ): Promise<Outcome<Turn>> {
    return tasks.confirmTurn(this.#awake(), principal, turnId, input);
  }

  async guideTurn(principal: Principal, turnId: string, content: string): Promise<Outcome<Turn>> {
    return tasks.guideTurn(this.#awake(), principal, turnId, content);
  }

  async interruptAll(
    principal: Principal,
    reason?: string,
  ): Promise<Outcome<{ interrupted: number }>> {
    return tasks.interruptAll(this.#awake(), principal, reason);
  }

  async sessionActivity(sessionIds: string[]): Promise<Record<string, SessionActivity>> {
    const { connections } = this.#awake();
    const entries = sessionIds.map((id) => {
      const open = connections.ofSession(id);
      const lastActiveAt = Math.max(0, ...open.map((connection) => this.#lastActiveAt(connection)));
      return [id, { connections: open.length, lastActiveAt }] as const;
    });
    return Object.fromEntries(entries);
  }

  async closeSession(sessionId: string, code: number, reason: string): Promise<void> {
    for (const connection of this.#awake().connections.ofSession(sessionId)) {
      connection.close(code, reason);
    }
  }

  async closeKey(keyId: string): Promise<void> {
    for (const connection of this.#awake().connections.all()) {
      if (connection.principal.keyId !== keyId) continue;
      connection.close(CLOSE.unauthorized, "API key revoked");
    }
  }

  async wake(): Promise<void> {
    this.#desk.alarm.after(() => this.#lookAround(this.#awake()));
  }

  /** The desk with every step at work again: whatever woke the object, a lost turn goes on first. */
  #awake(): Desk {
    this.#desk.recover();
    return this.#desk;
  }

  /** Does what is due. Only decides and starts work; waits for none of it. */
  #lookAround(desk: Desk): void {
    const now = desk.doors.now();
    desk.perform(meetDeadlines);
    desk.recover();
    desk.feeds.retry(now);
    desk.cleanUp();
    for (const connection of desk.connections.all()) {
      if (connection.isExpired(now)) connection.close(CLOSE.unauthorized, "token expired");
    }
  }

  #gone(ws: WebSocket): void {
    const desk = this.#awake();
    const connection = desk.connections.of(ws);
    if (!connection) return;
    desk.connections.remove(ws);
    desk.metrics.tell([increment("taskroom_connections_closed_total", { room: connection.kind })]);
    if (connection.attached.joined) desk.presence.tell(connection, "left");
    const { sessionId, connectionId, principal } = connection.attached;
    if (sessionId === null) return;
    const lastActiveAt = this.#lastActiveAt(connection);
    const room = this.#userRoom(principal.userId);
    this.#report(() => room.closeConnection(sessionId, connectionId, lastActiveAt));
  }

  #confirm(connection: Connection): void {
    const { sessionId, connectionId, principal } = connection.attached;
    connection.attach({ unconfirmed: false });
    if (sessionId === null) return;
    const room = this.#userRoom(principal.userId);
    this.#report(() => room.confirmConnection(sessionId, connectionId));
  }

  /** Tells the user's room; what gets lost it finds out by asking. */
  #report(tell: () => Promise<void>): void {
    const told = tell().catch((error: unknown) => {
      const { taskId } = this.#desk;
      logError("user_room_failed", { taskId, causes: describeError(error) });
    });
    this.ctx.waitUntil(told);
  }

  /** Commands and pings alike. */
  #lastActiveAt({ ws, attached }: Connection): number {
    const pinged = this.ctx.getWebSocketAutoResponseTimestamp(ws)?.getTime() ?? 0;
    return Math.max(attached.lastActiveAt, pinged);
  }

  #userRoom(userId: string): DurableObjectStub<UserRoomClass> {
    return this.env.USER_ROOM.getByName(userId);
  }

  /** Members' sessions go with the task; what can't be told now expires by itself. */
  async #eraseStorage(): Promise<void> {
    const { buriedTaskId: taskId, members } = this.#desk;
    if (taskId !== undefined) {
      for (const userId of members) {
        const room = this.#userRoom(userId);
        this.#report(() => room.forgetTask(taskId));
      }
    }
    await this.ctx.storage.deleteAll();
  }
}

type UserRoomClass = import("../user-room/user-room").UserRoom;
