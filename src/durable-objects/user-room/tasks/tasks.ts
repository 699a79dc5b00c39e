import { BAD_CURSOR } from "../../../protocol/cursor";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import type { ListTasks } from "../../../protocol/rest/list-tasks";
import type { Page } from "../../../protocol/rest/page";
import type { Task } from "../../../protocol/task";
import type { NewFork, NewTask } from "../../task-room/api";
import type { CreatedTask, OnceKey, TaskNews } from "../api";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";
import { type Creation, Creations, goneOr } from "./creation";
import { Filling } from "./filling";
import { looksAlike } from "./looks-alike";
import { listTasks, readCursor } from "./task-list";
import { WantedTasks } from "./wanted-tasks";

const NOT_WHOLE = refuse("unavailable", "The list is being made. Try again.");

type Around = Pick<Surroundings, "storage" | "now" | "rooms" | "fault" | "hold"> & {
  database: () => D1Database;
};

/** The user's list of tasks: what is in it, who is told of it, and what it is asked. */
export class Tasks {
  readonly #storage: DurableObjectStorage;
  readonly #rooms: Around["rooms"];
  readonly #filling: Filling;
  readonly #wanted: WantedTasks;
  readonly #creations: Creations;

  constructor(around: Around) {
    this.#storage = around.storage;
    this.#rooms = around.rooms;
    this.#filling = new Filling(around);
    this.#wanted = new WantedTasks(around);
    this.#creations = new Creations(around);
  }

  create(principal: Principal, input: NewTask, once?: OnceKey): Promise<Outcome<CreatedTask>> {
    const { taskId, key } = input;
    const make = async (id: string) =>
      goneOr(await this.#rooms.create(principal, { ...input, taskId: id, isListed: true }));
    return this.#create({ principal, taskId, key, once, make });
  }

  /** A refusal of the source's is the request's own. */
  fork(principal: Principal, input: NewFork, once?: OnceKey): Promise<Outcome<CreatedTask>> {
    const { taskId, key } = input;
    const make = async (id: string) => {
      const made = await this.#rooms.fork(principal, { ...input, taskId: id });
      return made === "erased" ? "gone" : made;
    };
    return this.#create({ principal, taskId, key, once, make });
  }

  async #create(creation: Creation): Promise<Outcome<CreatedTask>> {
    // A key of the last release's is in the database until the list is filled.
    const isKnown = !creation.once || (await this.#filling.isDone(creation.principal.userId));
    return isKnown ? this.#creations.create(creation) : refused(NOT_WHOLE);
  }

  async list(userId: string, query: ListTasks): Promise<Outcome<Page<Task>>> {
    if (!(await this.#filling.isDone(userId))) return refused(NOT_WHOLE);
    await this.#wanted.settle(userId);
    const from = readCursor(query);
    if (!from) return refused(BAD_CURSOR);
    // Before the first task there are no tables.
    if (!Tables.find(this.#storage)) return accepted({ items: [], nextCursor: null });
    return accepted(listTasks(this.#storage.sql, query, from));
  }

  /** Those of these tasks that are in the list. */
  listedAmong(taskIds: readonly string[]): string[] {
    const tasks = Tables.find(this.#storage)?.tasks;
    return taskIds.filter((taskId) => tasks?.get(taskId));
  }

  /**
   * What a room tells of a task, in the transaction that writes its news. The same again changes nothing.
   * Gives the task where the list shows it as another now.
   */
  hear({ tasks, wanted, claims }: Tables, news: TaskNews): Task | undefined {
    const { taskId, epoch, items, entry, left, inviter = "" } = news;
    const end = items.find(({ event }) => event.type === "task:deleted");
    if (end) {
      tasks.end(taskId, { epoch, seq: end.seq });
      claims.forgetTask(taskId);
      wanted.end(taskId);
    } else if (left !== undefined) {
      tasks.remove(taskId, { epoch, seq: left });
    } else if (entry) {
      const before = tasks.get(taskId)?.task;
      const isNews = tasks.put({ task: entry, seq: entry.headSeq, inviter });
      if (!this.#creations.isUnderWay(taskId)) claims.make(taskId);
      if (isNews && before && !looksAlike(before, entry)) return entry;
    }
    return undefined;
  }

  /** The user is said to have left: the room knows. */
  doubt({ tasks, wanted }: Tables, taskId: string): void {
    if (tasks.get(taskId)) wanted.add(taskId);
  }
}
