import type { Socket } from "./sockets/socket";
import { TASK_ROOM } from "./sockets/task-room";
import { USER_ROOM } from "./sockets/user-room";

/** Every WebSocket endpoint. */
export const SOCKETS: readonly Socket[] = [TASK_ROOM, USER_ROOM];
