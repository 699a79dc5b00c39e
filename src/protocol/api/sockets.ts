import type { Socket } from "./sockets/socket";
import { TASK_ROOM } from "./sockets/task-room";

/** Every WebSocket endpoint. */
export const SOCKETS: readonly Socket[] = [TASK_ROOM];
