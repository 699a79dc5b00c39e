import type { SessionActivity, TaskRoomApi } from "../task-room/api";

/** All that a user's room may ask of the tasks' rooms. Both reject when the room can't be reached. */
export interface TaskRooms {
  activity(taskId: string, sessionIds: string[]): Promise<Record<string, SessionActivity>>;
  close(taskId: string, sessionId: string, code: number, reason: string): Promise<void>;
}

type Namespace = {
  getByName(taskId: string): Pick<TaskRoomApi, "sessionActivity" | "closeSession">;
};

/** A room that hangs must hold up neither an upgrade nor the alarm. */
const PATIENCE_MS = 5000;

export function taskRooms(namespace: Namespace): TaskRooms {
  return {
    activity: async (taskId, sessionIds) =>
      inTime(namespace.getByName(taskId).sessionActivity(sessionIds)),
    close: async (taskId, sessionId, code, reason) =>
      inTime(namespace.getByName(taskId).closeSession(sessionId, code, reason)),
  };
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("no answer in time")), PATIENCE_MS);
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
