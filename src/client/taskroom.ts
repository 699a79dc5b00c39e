import { contextOf } from "./context";
import type { ClientOptions, ConnectOptions } from "./options";
import { accountApi } from "./rest/account";
import { type Collection, resourcesApi } from "./rest/resources";
import { tasksApi, turnsApi } from "./rest/tasks";
import { Room } from "./room";
import type { RoomConnection } from "./room-connection";
import type { UserConnection } from "./user-connection";
import { UserRoom } from "./user-room";

/** A server, as one caller sees it. */
export type Taskroom = ReturnType<typeof createClient>;

export function createClient(options: ClientOptions) {
  const context = contextOf(options);
  const { request } = context;
  return {
    /** Any call of the REST API; those below are the common ones, typed. */
    request,
    /** Opens a task's room; the connection is there at once and comes to life by itself. */
    connect: (taskId: string, connectOptions?: ConnectOptions): RoomConnection =>
      new Room(context, taskId, connectOptions),
    /** Opens the caller's own room: notifications, and what happens to the caller's tasks. */
    connectUser: (): UserConnection => new UserRoom(context),
    tasks: tasksApi(request),
    turns: turnsApi(request),
    resources: <Name extends Collection>(collection: Name) => resourcesApi(request, collection),
    ...accountApi(request),
  };
}
