import type { ClientOptions, ConnectOptions } from "./options";
import type { Request } from "./request";
import { accountApi } from "./rest/account";
import { type Collection, resourcesApi } from "./rest/resources";
import { tasksApi, turnsApi } from "./rest/tasks";
import type { RoomConnection } from "./room-connection";
import type { UserConnection } from "./user-connection";

/** A server, as one caller sees it. */
export type Taskroom = ReturnType<typeof createClient>;

export function createClient(options: ClientOptions) {
  const request: Request = () => Promise.reject(new Error(`not connected to ${options.url}`));
  return {
    /** Any call of the REST API; those below are the common ones, typed. */
    request,
    /** Opens a task's room; the connection is there at once and comes to life by itself. */
    connect: (_taskId: string, _options: ConnectOptions = {}): RoomConnection => {
      throw new Error("not connected");
    },
    /** Opens the caller's own room: notifications, and what happens to the caller's tasks. */
    connectUser: (): UserConnection => {
      throw new Error("not connected");
    },
    tasks: tasksApi(request),
    turns: turnsApi(request),
    resources: <Name extends Collection>(collection: Name) => resourcesApi(request, collection),
    ...accountApi(request),
  };
}
