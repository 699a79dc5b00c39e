import type { ConnectOptions, RoomConnection, RoomSnapshot, TaskQuery, Taskroom } from "../client";
import { Held } from "./held";
import { IDLE_ROOM, IDLE_USER } from "./idle";
import { LiveTasks, NO_TASKS, type TaskListSnapshot } from "./tasks/live-tasks";
import type { HeldUser } from "./user/held-user";

export type HeldRoom = Held<RoomSnapshot, RoomConnection, ConnectOptions>;
export type HeldTasks = Held<TaskListSnapshot, LiveTasks>;

/** Everything that the components of one client share. */
class Places {
  readonly #client: Taskroom;
  readonly #rooms = new Map<string, HeldRoom>();
  readonly #tasks = new Map<string, HeldTasks>();
  readonly user: HeldUser;

  constructor(client: Taskroom) {
    this.#client = client;
    this.user = new Held(IDLE_USER, () => client.connectUser());
  }

  room(taskId: string): HeldRoom {
    return entry(this.#rooms, taskId, () => {
      return new Held(IDLE_ROOM, (options) => this.#client.connect(taskId, options));
    });
  }

  /** `query` is JSON: two that say the same are one list. */
  tasks(query: string): HeldTasks {
    return entry(this.#tasks, query, () => {
      const parsed: TaskQuery = JSON.parse(query);
      return new Held(NO_TASKS, () => new LiveTasks(this.#client, this.user, parsed));
    });
  }
}

const places = new WeakMap<Taskroom, Places>();

export function placesOf(client: Taskroom): Places {
  return entry(places, client, () => new Places(client));
}

type Entries<Key, Value> = {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
};

function entry<Key, Value>(all: Entries<Key, Value>, key: Key, make: () => Value): Value {
  const there = all.get(key);
  if (there) return there;
  const made = make();
  all.set(key, made);
  return made;
}
