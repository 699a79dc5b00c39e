import type { Task, TaskQuery, Taskroom, TaskroomError, UserRoomEvent } from "../../client";
import type { HeldUser } from "../user/held-user";
import { changed } from "./changed";

export type TaskListSnapshot = {
  /** Nothing until the first page is there. */
  readonly tasks: readonly Task[] | undefined;
  readonly isLoading: boolean;
  /** Why the last page did not come. */
  readonly error: TaskroomError | undefined;
  readonly hasMore: boolean;
};

/** A list before anything of it is there. */
export const NO_TASKS: TaskListSnapshot = {
  tasks: undefined,
  isLoading: true,
  error: undefined,
  hasMore: false,
};

/** A list of tasks: pages of the user's home, and between them what the user's room tells. */
export class LiveTasks {
  readonly #client: Taskroom;
  readonly #query: TaskQuery;
  readonly #leave: () => void;
  readonly #listeners = new Set<() => void>();
  #shown = NO_TASKS;
  #cursor: string | undefined;
  #loading: Promise<void> | undefined;
  #isStale = false;
  /** Told while a page is on its way, which may have been read before. */
  #heard: UserRoomEvent[] = [];
  #isClosed = false;

  constructor(client: Taskroom, user: HeldUser, query: TaskQuery) {
    this.#client = client;
    this.#query = query;
    const { opened, release } = user.hold();
    const off = opened.on("*", (event) => this.#hear(event));
    this.#leave = () => {
      off();
      release();
    };
    void this.refresh();
  }

  readonly getSnapshot = (): TaskListSnapshot => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    const own = () => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  };

  close(): void {
    this.#isClosed = true;
    this.#leave();
  }

  /** As many as are shown, from the first on. What changes while it loads has it load once more. */
  refresh(): Promise<void> {
    this.#isStale = true;
    this.#loading ??= this.#catchUp();
    return this.#loading;
  }

  async loadMore(): Promise<void> {
    await this.#loading;
    const cursor = this.#cursor;
    if (cursor === undefined || this.#isClosed) return;
    this.#loading ??= this.#load(async () => {
      const page = await this.#page(cursor);
      this.#take([...(this.#shown.tasks ?? []), ...page.items], page.nextCursor);
    });
    await this.#loading;
  }

  async #catchUp(): Promise<void> {
    await this.#load(async () => {
      while (this.#isStale && !this.#isClosed) {
        this.#isStale = false;
        this.#heard = [];
        const most = this.#shown.tasks?.length ?? 0;
        let page = await this.#page();
        const tasks = page.items;
        while (page.nextCursor !== null && tasks.length < most) {
          page = await this.#page(page.nextCursor);
          tasks.push(...page.items);
        }
        this.#take(tasks, page.nextCursor);
      }
    });
  }

  async #load(work: () => Promise<void>): Promise<void> {
    this.#heard = [];
    this.#show({ isLoading: true });
    try {
      await work();
      this.#show({ error: undefined });
    } catch (error) {
      if (!isTold(error)) throw error;
      this.#show({ error });
    } finally {
      this.#loading = undefined;
      this.#show({ isLoading: false });
    }
    // What was asked for while another page was on its way.
    if (this.#isStale && !this.#isClosed) await this.refresh();
  }

  #page(cursor?: string) {
    return this.#client.tasks.list({ ...this.#query, ...(cursor !== undefined && { cursor }) });
  }

  #take(read: readonly Task[], nextCursor: string | null): void {
    this.#cursor = nextCursor ?? undefined;
    const tasks = this.#heard.reduce(
      (all, event) => changed(all, event, this.#query).tasks ?? all,
      read,
    );
    this.#show({ tasks, hasMore: nextCursor !== null });
  }

  #hear(event: UserRoomEvent): void {
    if (this.#loading) this.#heard.push(event);
    const { tasks, isStale } = changed(this.#shown.tasks, event, this.#query);
    if (tasks !== this.#shown.tasks) this.#show({ tasks });
    if (isStale) void this.refresh();
  }

  #show(change: Partial<TaskListSnapshot>): void {
    if (this.#isClosed) return;
    this.#shown = { ...this.#shown, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}

/** By its name: a program may have loaded the client twice, as a module and by `require`. */
function isTold(error: unknown): error is TaskroomError {
  return error instanceof Error && error.name === "TaskroomError";
}
