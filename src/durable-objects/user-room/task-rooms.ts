import { inTime } from "../../platform/in-time";
import type { SessionActivity, TaskRoomApi } from "../task-room/api";

/** All that a user's room may ask of the tasks' rooms. All reject when the room can't be reached. */
export interface TaskRooms {
  activity(taskId: string, sessionIds: string[]): Promise<Record<string, SessionActivity>>;
  close(taskId: string, sessionId: string, code: number, reason: string): Promise<void>;
  closeKey(taskId: string, keyId: string): Promise<void>;
}

type TaskRoom = Pick<TaskRoomApi, "sessionActivity" | "closeSession" | "closeKey">;

/** A room that hangs must hold up neither an upgrade nor the alarm. */
const PATIENCE_MS = 5000;

export function taskRooms(room: (taskId: string) => TaskRoom): TaskRooms {
  return {
    activity: (taskId, sessionIds) =>
      inTime(PATIENCE_MS, () => room(taskId).sessionActivity(sessionIds)),
    close: (taskId, sessionId, code, reason) =>
      inTime(PATIENCE_MS, () => room(taskId).closeSession(sessionId, code, reason)),
    closeKey: (taskId, keyId) => inTime(PATIENCE_MS, () => room(taskId).closeKey(keyId)),
  };
}
