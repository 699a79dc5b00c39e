import type { RoomConnection } from "./connection/room-connection";
import type { UserConnection } from "./connection/user-connection";
import type { ClientOptions, ConnectOptions } from "./options";
import { type AccountApi, accountApi } from "./rest/account";
import { contextOf } from "./rest/context";
import { type FilesApi, filesApi } from "./rest/files";
import type { Request } from "./rest/request";
import { type Collection, type ResourcesApi, resourcesApi } from "./rest/resources";
import { type TasksApi, type TurnsApi, tasksApi, turnsApi } from "./rest/tasks";
import { Room } from "./room/room";
import { UserRoom } from "./user/user-room";

/** A server, as one caller sees it. */
export type Taskroom = AccountApi & {
  /** Any call of the REST API; those beside it are the common ones, typed. */
  readonly request: Request;
  /** Opens a task's room: the connection is there at once and comes to life by itself. */
  connect(taskId: string, options?: ConnectOptions): RoomConnection;
  /** Opens the caller's own room: notifications, and what happens to the caller's tasks. */
  connectUser(): UserConnection;
  readonly tasks: TasksApi;
  readonly turns: TurnsApi;
  readonly files: FilesApi;
  resources<Name extends Collection>(collection: Name): ResourcesApi<Name>;
};

export function createClient(options: ClientOptions): Taskroom {
  const context = contextOf(options);
  const { request } = context;
  return {
    request,
    connect: (taskId, connectOptions) => new Room(context, taskId, connectOptions),
    connectUser: () => new UserRoom(context),
    tasks: tasksApi(request),
    turns: turnsApi(request),
    files: filesApi(context),
    resources: (collection) => resourcesApi(request, collection),
    ...accountApi(request),
  };
}
