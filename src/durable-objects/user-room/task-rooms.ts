import { inTime } from "../../platform/in-time";
import { inJurisdiction } from "../../platform/jurisdiction";
import type { Outcome } from "../../protocol/errors";
import type { Principal } from "../../protocol/identity";
import type { Message } from "../../protocol/message";
import type { ListMessages } from "../../protocol/rest/list-messages";
import type { Page } from "../../protocol/rest/page";
import type { Place } from "../../protocol/rooms/place";
import type { Task } from "../../protocol/task";
import type {
  CarriedFiles,
  NewFork,
  NewTask,
  SessionActivity,
  TaskRoomApi,
} from "../task-room/api";

/** All that a user's room may ask of the tasks' rooms. All reject when the room can't be reached. */
export interface TaskRooms {
  activity(taskId: string, sessionIds: string[]): Promise<Record<string, SessionActivity>>;
  close(taskId: string, sessionId: string, code: number, reason: string): Promise<void>;
  closeKey(taskId: string, keyId: string): Promise<void>;
  /** Waits as long as it takes to make a task; the caller knows how long that may be. */
  create(principal: Principal, input: NewTask): Promise<Outcome<Task>>;
  /** The same of a task that is made of another's history. */
  fork(principal: Principal, input: NewFork): Promise<Outcome<Task> | "erased">;
  read(taskId: string, principal: Principal): Promise<Outcome<Task>>;
  carries(taskId: string, fileIds: string[]): Promise<CarriedFiles>;
  messages(principal: Principal, query: ListMessages): Promise<Outcome<Page<Message>>>;
}

type TaskRoom = Pick<
  TaskRoomApi,
  | "sessionActivity"
  | "closeSession"
  | "closeKey"
  | "create"
  | "fork"
  | "read"
  | "messages"
  | "carries"
>;

/** `near`: where a room that is not there yet is made. */
export function taskRoom(env: Env, taskId: string, near?: Place): TaskRoomApi {
  // The platform's RPC types recurse without end over JSON values, so the interface stands in.
  return inJurisdiction(env, env.TASK_ROOM).getByName(
    taskId,
    near && { locationHint: near },
  ) as unknown as TaskRoomApi;
}

/** A room that hangs must hold up neither an upgrade nor the alarm. */
const PATIENCE_MS = 5000;

export function taskRooms(room: (taskId: string, near?: Place) => TaskRoom): TaskRooms {
  return {
    activity: (taskId, sessionIds) =>
      inTime(PATIENCE_MS, () => room(taskId).sessionActivity(sessionIds)),
    close: (taskId, sessionId, code, reason) =>
      inTime(PATIENCE_MS, () => room(taskId).closeSession(sessionId, code, reason)),
    closeKey: (taskId, keyId) => inTime(PATIENCE_MS, () => room(taskId).closeKey(keyId)),
    create: (principal, input) => room(input.taskId, principal.near).create(principal, input),
    fork: (principal, input) => room(input.taskId, principal.near).fork(principal, input),
    messages: (principal, query) =>
      inTime(PATIENCE_MS, () => room(query.taskId).messages(principal, query)),
    read: (taskId, principal) => inTime(PATIENCE_MS, () => room(taskId).read(principal)),
    carries: (taskId, fileIds) => inTime(PATIENCE_MS, () => room(taskId).carries(fileIds)),
  };
}
