import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type {
  CarriedFiles,
  NewFork,
  NewTask,
  SessionActivity,
} from "../../../src/durable-objects/task-room/api";
import type { UserFaultPoint } from "../../../src/durable-objects/user-room/surroundings";
import type { TaskRooms } from "../../../src/durable-objects/user-room/task-rooms";
import { UserRoom } from "../../../src/durable-objects/user-room/user-room";
import { FileBucket } from "../../../src/files/bucket";
import type { Outcome, Refusal } from "../../../src/protocol/errors";
import type { Principal } from "../../../src/protocol/identity";
import { newId } from "../../../src/protocol/ids";
import type { Message } from "../../../src/protocol/message";
import type { ListMessages } from "../../../src/protocol/rest/list-messages";
import type { Page } from "../../../src/protocol/rest/page";
import type { Task } from "../../../src/protocol/task";
import { breakableBucket } from "../../worker/breakable-bucket";
import { breakableD1 } from "../../worker/breakable-d1";
import { aTask } from "../history/build";

export const HOUR = 60 * 60 * 1000;

type Answers = Record<string, SessionActivity>;
type Closed = { taskId: string; sessionId: string; code: number };

/** Tasks' rooms that know what a test tells them. */
class FakeRooms implements TaskRooms {
  known: Answers = {};
  readonly unreachable = new Set<string>();
  readonly asked: string[][] = [];
  readonly closed: Closed[] = [];
  /** What they say of their tasks. */
  readonly answers = new Map<string, Outcome<Task>>();
  /** The ids of tasks that were to be made. */
  readonly created: string[] = [];
  /** What they say of their messages. */
  said: (query: ListMessages) => Outcome<Page<Message>> | undefined = () => undefined;
  readonly erased = new Set<string>();
  isDown = false;
  refusesCreation: Outcome<Task> | undefined;
  readonly keysClosed: { taskId: string; keyId: string }[] = [];
  /** Something that happens while a room is being called. */
  meanwhile: () => Promise<unknown> = async () => {};

  async activity(taskId: string, sessionIds: string[]): Promise<Answers> {
    this.asked.push(sessionIds);
    await this.#letHappen();
    if (this.unreachable.has(taskId)) throw new Error("unreachable");
    return Object.fromEntries(Object.entries(this.known).filter(([id]) => sessionIds.includes(id)));
  }

  async close(taskId: string, sessionId: string, code: number): Promise<void> {
    await this.#letHappen();
    if (this.unreachable.has(taskId)) throw new Error("unreachable");
    this.closed.push({ taskId, sessionId, code });
  }

  async closeKey(taskId: string, keyId: string): Promise<void> {
    await this.#letHappen();
    if (this.unreachable.has(taskId)) throw new Error("unreachable");
    this.keysClosed.push({ taskId, keyId });
  }

  async create({ userId }: Principal, input: NewTask): Promise<Outcome<Task>> {
    const { taskId: id, title, key } = input;
    this.created.push(id);
    await this.#letHappen();
    if (this.isDown || this.unreachable.has(id)) throw new Error("unreachable");
    if (this.refusesCreation) return this.refusesCreation;
    const task = aTask({ id, title, createdBy: userId, role: "owner", ...(key && { key }) });
    // A task of an id is made once.
    const made = this.answers.get(id) ?? ({ ok: true, value: task } as const);
    this.answers.set(id, made);
    return made;
  }

  async fork(principal: Principal, input: NewFork): Promise<Outcome<Task> | "erased"> {
    const { taskId, title = "A fork", key } = input;
    if (this.erased.has(taskId)) return "erased";
    const teamRef = { namespace: "system", name: "assistant" };
    const named = key === undefined ? {} : { key };
    const rest = { labels: {}, metadata: {}, members: [] };
    return this.create(principal, { taskId, title, teamRef, ...named, ...rest });
  }

  async read(taskId: string): Promise<Outcome<Task>> {
    await this.#letHappen();
    this.asked.push([taskId]);
    if (this.unreachable.has(taskId)) throw new Error("unreachable");
    const none = { code: "not_found", message: "There is no such task." } as const;
    return this.answers.get(taskId) ?? { ok: false, refusal: none };
  }

  /** What tasks say that they carry. */
  readonly carriedFiles = new Map<string, CarriedFiles>();

  async carries(taskId: string): Promise<CarriedFiles> {
    await this.#letHappen();
    if (this.unreachable.has(taskId)) throw new Error("unreachable");
    return this.carriedFiles.get(taskId) ?? { carried: [], pending: [] };
  }

  async messages(_: Principal, query: ListMessages): Promise<Outcome<Page<Message>>> {
    await this.#letHappen();
    this.asked.push([query.taskId]);
    if (this.isDown || this.unreachable.has(query.taskId)) throw new Error("unreachable");
    const none = { code: "not_found", message: "There is no such task." } as const;
    return this.said(query) ?? { ok: false, refusal: none };
  }

  async #letHappen(): Promise<void> {
    const { meanwhile } = this;
    this.meanwhile = async () => {};
    await meanwhile();
  }
}

/** One user's room with a clock to move and rooms to instruct; every use is a new instance. */
export class World {
  // So far ahead that no alarm of a test ever comes by itself.
  now = Date.UTC(2090, 0, 1);
  readonly rooms = new FakeRooms();
  readonly userId = newId("req", Date.now());
  readonly taskId = newId("task", this.now);

  /** A point at which the object dies, once. */
  diesAt: UserFaultPoint | undefined;

  use<R>(act: (room: UserRoom, state: DurableObjectState) => R | Promise<R>): Promise<R> {
    const world = this;
    class TestRoom extends UserRoom {
      protected override now(): number {
        return world.now;
      }
      protected override taskRooms(): TaskRooms {
        return world.rooms;
      }
      protected override bucket(): FileBucket | undefined {
        const bucket = breakableBucket(env.FILES);
        return bucket && new FileBucket(bucket);
      }
      protected override database(): D1Database {
        return breakableD1(env.DB);
      }
      protected override fault(point: UserFaultPoint): void {
        if (world.diesAt !== point) return;
        world.diesAt = undefined;
        throw new Error(`died: ${point}`);
      }
    }
    const stub = env.USER_ROOM.getByName(this.userId);
    return runInDurableObject(stub, (_, state) => act(new TestRoom(state, env), state));
  }

  connect(
    change: { taskId?: string; recoveryToken?: string; connectionId?: string; keyId?: string } = {},
  ) {
    const connectionId = newId("conn", this.now);
    const input = { userId: this.userId, taskId: this.taskId, connectionId, ...change };
    return this.use(async (room) => {
      const outcome = await room.openSession(input);
      return { ...input, outcome };
    });
  }

  /** A connection that has to succeed. */
  async connected(change: { taskId?: string; recoveryToken?: string; keyId?: string } = {}) {
    const { outcome, ...input } = await this.connect(change);
    return { ...value(outcome), connectionId: input.connectionId };
  }

  disconnect({ session, connectionId }: { session: { id: string }; connectionId: string }) {
    return this.use((room) => room.closeConnection(session.id, connectionId, this.now));
  }

  async list() {
    return value(await this.use((room) => room.listSessions(this.userId, { limit: 200 }))).items;
  }

  alarmAt(): Promise<number | null> {
    return this.use((_, state) => state.storage.getAlarm());
  }

  /** Moves the clock to the alarm and lets it ring, as the platform does. */
  async ring(): Promise<void> {
    await this.use(async (room, state) => {
      const at = await state.storage.getAlarm();
      if (at === null) throw new Error("no alarm is set");
      this.now = Math.max(this.now, at);
      await state.storage.deleteAlarm();
      await room.alarm();
    });
  }

  rows(table: "sessions" | "connections" | "recovery_tokens" | "errands" | "revoked_keys") {
    return this.use((_, { storage }) => storage.sql.exec(`SELECT * FROM ${table}`).toArray());
  }
}

export function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.refusal)}`);
  return outcome.value;
}

export function refusal(outcome: Outcome<unknown>): Refusal["code"] | "accepted" {
  return outcome.ok ? "accepted" : outcome.refusal.code;
}
