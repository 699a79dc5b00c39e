import { DurableObject } from "cloudflare:workers";
import type { Outcome } from "../../protocol/errors";
import type { Page } from "../../protocol/rest";
import type { Session } from "../../protocol/session";
import { settings } from "../../protocol/settings";
import type { OpenedSession, OpenSession, SessionGrant, UserRoomApi } from "./api";
import { Deadlines } from "./deadlines";
import { RoomCheck } from "./room-check";
import { SessionAlarm } from "./session-alarm";
import { SessionEntry } from "./session-entry";
import { Sessions } from "./sessions";
import { type TaskRooms, taskRooms } from "./task-rooms";

const limitSettings = settings.pick({ SESSION_IDLE_MS: true, SESSIONS_PER_USER: true });

/** One object per user: the sessions, kept here so that they outlive every room and restart. */
export class UserRoom extends DurableObject<Env> implements UserRoomApi {
  readonly #entry: SessionEntry;
  readonly #sessions: Sessions;
  readonly #alarm: SessionAlarm;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { storage } = ctx;
    const limits = limitSettings.parse(env);
    const around = {
      storage,
      limits,
      now: () => this.now(),
      rooms: this.taskRooms(),
      deadlines: new Deadlines(storage, limits.SESSION_IDLE_MS),
    };
    const check = new RoomCheck(around);
    this.#entry = new SessionEntry(around, check);
    this.#sessions = new Sessions(around, check);
    this.#alarm = new SessionAlarm(around, check);
  }

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

  override async alarm(): Promise<void> {
    await this.#alarm.ring();
  }
}
