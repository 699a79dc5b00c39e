import { DurableObject } from "cloudflare:workers";
import { CLOSE } from "../../protocol/close-codes";
import type { EditMessage } from "../../protocol/commands/chat-edit";
import type { ChatNote } from "../../protocol/commands/chat-note";
import type { Outcome } from "../../protocol/errors";
import type { Principal } from "../../protocol/identity";
import type { ExecuteTask } from "../../protocol/rest/execute-task";
import type { ListEvents } from "../../protocol/rest/list-events";
import type { ListLogs } from "../../protocol/rest/list-logs";
import type { ListMessages } from "../../protocol/rest/list-messages";
import type { ListTurns } from "../../protocol/rest/list-turns";
import type { PatchStatus } from "../../protocol/rest/patch-status";
import type { PatchTask } from "../../protocol/rest/patch-task";
import type { PutMember } from "../../protocol/rest/put-member";
import type { ConfirmTurn, GiveOutput } from "../../protocol/rest/turn-actions";
import type { OpenedSession, OpenSession } from "../user-room/api";
import type { CarryQuery, NewFork, NewTask, TaskRoomApi } from "./api";
import { lastActiveAt } from "./arrival/departure";
import { SessionDoor } from "./arrival/session-door";
import { attend, receive, type SocketRoom } from "./arrival/socket-events";
import { upgrade } from "./arrival/upgrade";
import * as changes from "./commands/change-commands";
import { goOnErasing, removeTask } from "./commands/erasure";
import { readEvents, readLogs } from "./commands/log-queries";
import { dropMember, putMember, readMembers } from "./commands/member-commands";
import * as queries from "./commands/queries";
import { readStats } from "./commands/stats";
import * as tasks from "./commands/task-commands";
import { Desk } from "./desk";
import { type Doors, productionDoors, userRoom } from "./doors";
import { forkTask } from "./fork/fork-task";
import { carry } from "./fork/source";
import { rewriteHistory } from "./outbox/rewriting";
import { Upkeep } from "./upkeep";

/** One task's room: lifecycle and wiring. Its rules are in `src/engine`, its work at the desk. */
export class TaskRoom extends DurableObject<Env> implements TaskRoomApi {
  readonly #desk: Desk;
  readonly #upkeep: Upkeep;
  readonly #sessions: SessionDoor;
  readonly #sockets: SocketRoom;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    const desk = new Desk(ctx, this.doors(ctx, env));
    this.#desk = desk;
    this.#upkeep = new Upkeep(desk);
    this.#sessions = new SessionDoor({
      open: (input) => this.openSession(input),
      userRoom: (userId) => userRoom(this.env, userId),
      hold: desk.hold,
      taskId: () => desk.taskId,
    });
    const recover = () => this.#upkeep.recover();
    this.#sockets = { ctx, desk, sessions: this.#sessions, recover };
    attend(this.#sockets);
    desk.feeds.whenOutrun(() => desk.hold(rewriteHistory(desk)));
    ctx.blockConcurrencyWhile(() => desk.alarm.restore());
  }

  /** A test build puts failing doors in place of these. */
  protected doors(ctx: DurableObjectState, env: Env): Doors {
    return productionDoors(ctx, env);
  }

  override async fetch(request: Request): Promise<Response> {
    return upgrade(this.ctx, this.#awake(), request, this.#sessions);
  }

  /** A test build lets things happen before and after. */
  protected openSession(input: OpenSession): Promise<Outcome<OpenedSession>> {
    return userRoom(this.env, input.userId, input.near).openSession(input);
  }

  override webSocketMessage(ws: WebSocket, frame: string | ArrayBuffer): void {
    receive(this.#sockets, ws, frame);
  }

  override webSocketClose(ws: WebSocket, code: number): void {
    this.#desk.connections.closed(ws, code);
    this.#awake();
  }

  override webSocketError(ws: WebSocket): void {
    this.#desk.connections.closed(ws);
    this.#awake();
  }

  override async alarm(info?: AlarmInvocationInfo): Promise<void> {
    const { alarm, doors, held } = this.#desk;
    this.#upkeep.noteAlarm(info?.scheduledTime);
    doors.fault("alarm");
    if (held.deletedAt === undefined) this.#upkeep.lookAround();
    if (held.deletedAt !== undefined) await goOnErasing(this.#desk, () => this.#eraseStorage());
    // Where none could be set, the platform comes again.
    await alarm.settled();
  }

  async wake(): Promise<void> {
    this.#upkeep.lookAround();
  }

  async create(principal: Principal, input: NewTask) {
    return tasks.createTask(this.#awake(), principal, input);
  }

  async fork(principal: Principal, input: NewFork) {
    return forkTask(this.#awake(), principal, input);
  }

  async carry(principal: Principal, query: CarryQuery) {
    return carry(this.#awake(), principal, query);
  }

  async read(principal: Principal) {
    return queries.readTask(this.#awake(), principal);
  }

  async update(principal: Principal, patch: PatchTask) {
    return tasks.patchTask(this.#awake(), principal, patch);
  }

  async setStatus(principal: Principal, change: PatchStatus) {
    return tasks.changeStatus(this.#awake(), principal, change);
  }

  async remove(principal: Principal) {
    return removeTask(this.#awake(), principal, () => this.#eraseStorage());
  }

  async messages(principal: Principal, query: ListMessages) {
    return queries.readMessages(this.#awake(), principal, query);
  }

  async turns(principal: Principal, query: ListTurns) {
    return queries.readTurns(this.#awake(), principal, query);
  }

  async turn(principal: Principal, turnId: string) {
    return queries.readTurn(this.#awake(), principal, turnId);
  }

  async events(principal: Principal, query: ListEvents) {
    return readEvents(this.#awake(), principal, query);
  }

  async logs(principal: Principal, query: ListLogs) {
    return readLogs(this.#awake(), principal, query);
  }

  async members(principal: Principal) {
    return readMembers(this.#awake(), principal);
  }

  async putMember(principal: Principal, member: PutMember) {
    return putMember(this.#awake(), principal, member);
  }

  async dropMember(principal: Principal, userId: string) {
    return dropMember(this.#awake(), principal, userId);
  }

  async stats(principal: Principal) {
    return readStats(this.#awake(), principal);
  }

  async execute(principal: Principal, input: ExecuteTask, idempotencyKey?: string) {
    return tasks.execute(this.#awake(), principal, input, idempotencyKey);
  }

  async interruptTurn(principal: Principal, turnId: string, reason?: string) {
    return tasks.interruptTurn(this.#awake(), principal, turnId, reason);
  }

  async retryTurn(principal: Principal, turnId: string) {
    return tasks.retryTurn(this.#awake(), principal, turnId);
  }

  async regenerateTurn(principal: Principal, turnId: string) {
    return changes.regenerateTurn(this.#awake(), principal, turnId);
  }

  async editMessage(principal: Principal, messageId: string, input: EditMessage) {
    return changes.editMessage(this.#awake(), principal, messageId, input);
  }

  async addNote(principal: Principal, input: ChatNote) {
    return changes.addNote(this.#awake(), principal, input);
  }

  async confirmTurn(principal: Principal, turnId: string, input: ConfirmTurn) {
    return tasks.confirmTurn(this.#awake(), principal, turnId, input);
  }

  async giveOutput(principal: Principal, turnId: string, input: GiveOutput) {
    return tasks.giveTurnOutput(this.#awake(), principal, turnId, input);
  }

  async guideTurn(principal: Principal, turnId: string, content: string) {
    return tasks.guideTurn(this.#awake(), principal, turnId, content);
  }

  async sentAs(principal: Principal, clientMessageId: string) {
    return queries.readSentAs(this.#awake(), principal, clientMessageId);
  }

  async interruptAll(principal: Principal, reason?: string) {
    return tasks.interruptAll(this.#awake(), principal, reason);
  }

  async reproject() {
    return rewriteHistory(this.#awake());
  }

  async sessionActivity(sessionIds: string[]) {
    const { connections } = this.#awake();
    const opening = this.#sessions.underWay.connectionIds;
    const entries = sessionIds.map((id) => {
      const open = connections.ofSession(id);
      const times = open.map((connection) => lastActiveAt(this.ctx, this.#desk, connection));
      const lastActive = Math.max(0, ...times);
      return [id, { connections: open.length, lastActiveAt: lastActive, opening }] as const;
    });
    return Object.fromEntries(entries);
  }

  async closeSession(sessionId: string, code: number, reason: string): Promise<void> {
    this.#sessions.underWay.revoke(sessionId);
    for (const connection of this.#awake().connections.ofSession(sessionId)) {
      connection.close(code, reason);
    }
  }

  async closeKey(keyId: string): Promise<void> {
    this.#sessions.underWay.revoke(keyId);
    for (const connection of this.#awake().connections.all()) {
      if (connection.principal.keyId !== keyId) continue;
      connection.close(CLOSE.unauthorized, "API key revoked");
    }
  }

  async carries(fileIds: string[]) {
    return this.#desk.files.carried(fileIds);
  }

  /** The desk with every step at work again: whatever woke the object, a lost turn goes on first. */
  #awake(): Desk {
    this.#upkeep.recover();
    return this.#desk;
  }

  /** Members' sessions go with the task; what can't be told now expires by itself. */
  async #eraseStorage(): Promise<void> {
    const { buriedTaskId, members } = this.#desk.held;
    if (buriedTaskId !== undefined) {
      for (const userId of members) this.#sessions.forget(userId, buriedTaskId);
    }
    await this.ctx.storage.deleteAll();
  }
}
