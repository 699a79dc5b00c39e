import type { CreatedTask, OnceKey, TaskNews } from "../../../src/durable-objects/user-room/api";
import { Tables } from "../../../src/durable-objects/user-room/tables";
import type { UserRoom } from "../../../src/durable-objects/user-room/user-room";
import type { Outcome } from "../../../src/protocol/errors";
import type { ListTasks } from "../../../src/protocol/rest/list-tasks";
import type { Page } from "../../../src/protocol/rest/page";
import type { Task } from "../../../src/protocol/task";
import { aTask } from "../history/build";
import { value, World } from "./harness";

type Body = { key?: string; title?: string };

/** A user's room, and what tasks' rooms tell it. */
export class TaskWorld extends World {
  /** A task of the user's own. */
  task(over: Partial<Task> = {}, createdMs?: number): Task {
    return aTask({ createdBy: this.userId, role: "owner", ...over }, createdMs ?? this.now);
  }

  hear(entry: Task, over: Partial<TaskNews> = {}): Promise<void> {
    const { id: taskId, epoch, createdBy } = entry;
    const inviter = createdBy === this.userId ? {} : { inviter: createdBy };
    return this.deliver({ taskId, epoch, items: [], entry, ...inviter, ...over });
  }

  left({ id: taskId, epoch }: Task, seq: number): Promise<void> {
    return this.deliver({ taskId, epoch, items: [], left: seq });
  }

  deleted({ id: taskId, epoch }: Task, seq: number): Promise<void> {
    const ts = new Date(this.now).toISOString();
    const event = { type: "task:deleted" as const, ts, data: { taskId } };
    return this.deliver({ taskId, epoch, items: [{ seq, n: 0, event }] });
  }

  deliver(news: TaskNews): Promise<void> {
    return this.use((room) => room.deliver(news));
  }

  /** All that a task does to the tables: it comes, changes, is claimed and goes. */
  write(storage: DurableObjectStorage, task: Task): void {
    const { tasks, claims, wanted } = Tables.make(storage);
    const { id: taskId, epoch, headSeq: seq } = task;
    const claim = { taskId, answer: "made", isMade: false } as const;
    claims.put({ ...claim, kind: "key", name: "a key" }, this.now);
    claims.put({ ...claim, kind: "once", name: "once", bodyHash: "h" }, this.now);
    tasks.put({ task, seq, inviter: task.createdBy });
    claims.make(taskId);
    claims.get("key", "a key", this.now);
    tasks.put({ task: { ...task, title: "changed" }, seq: seq + 1, inviter: task.createdBy });
    wanted.add(taskId);
    wanted.due(this.now, 20);
    wanted.end(taskId);
    tasks.remove(taskId, { epoch, seq: seq + 2 });
    claims.forgetTask(taskId);
  }

  async page(query: Partial<ListTasks> = {}): Promise<Page<Task>> {
    return value(await this.use((room) => room.listTasks(this.userId, { limit: 50, ...query })));
  }

  async titles(query: Partial<ListTasks> = {}): Promise<string> {
    return (await this.page(query)).items.map(({ title }) => title).join(" ");
  }

  make(body: Body = {}, once?: OnceKey): Promise<Outcome<CreatedTask>> {
    return this.use((room) => this.#makeIn(room, body, once));
  }

  /** Two requests at once, in one home. */
  makeTwice(body: Body = {}, once?: OnceKey): Promise<Outcome<CreatedTask>[]> {
    return this.use((room) =>
      Promise.all([this.#makeIn(room, body, once), this.#makeIn(room, body, once)]),
    );
  }

  /** The same of a task that begins with another's history. */
  fork(key?: string, once?: OnceKey): Promise<Outcome<CreatedTask>> {
    const { id: taskId } = this.task();
    const from = { taskId: this.taskId };
    const principal = { userId: this.userId, scope: "write" as const, expiresAt: null };
    return this.use((room) => room.forkTask(principal, { taskId, from, key }, once));
  }

  #makeIn(room: UserRoom, body: Body, once?: OnceKey): Promise<Outcome<CreatedTask>> {
    const { id: taskId, teamRef } = this.task();
    const input = { taskId, title: "T", teamRef, labels: {}, metadata: {}, members: [], ...body };
    const principal = { userId: this.userId, scope: "write" as const, expiresAt: null };
    return room.createTask(principal, input, once);
  }
}
