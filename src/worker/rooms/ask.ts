import type { TaskRoomApi } from "../../durable-objects/task-room/api";
import type { UserRoomApi } from "../../durable-objects/user-room/api";
import { inJurisdiction } from "../../platform/jurisdiction";
import type { Outcome } from "../../protocol/errors";
import type { AppContext } from "../context";
import { RefusedRequest } from "../problem";
import { isWorthAsking, roomFailure } from "./room-failure";

/** A stub as this worker uses it. After an exception a stub is broken: each try takes a new one. */
export type TaskRoomStub = TaskRoomApi & { fetch(request: Request): Promise<Response> };

export function taskRoom(env: Env, taskId: string): TaskRoomStub {
  // The platform's RPC types recurse without end over JSON values, so the interface stands in.
  return inJurisdiction(env, env.TASK_ROOM).getByName(taskId) as unknown as TaskRoomStub;
}

export type UserRoomStub = UserRoomApi & { fetch(request: Request): Promise<Response> };

export function userRoom(env: Env, userId: string): UserRoomStub {
  return inJurisdiction(env, env.USER_ROOM).getByName(userId) as unknown as UserRoomStub;
}

/** The caller's own home: the first request makes it where the caller is. */
export function ownHome({ env, var: { principal } }: AppContext): UserRoomStub {
  const { userId, near } = principal;
  const home = inJurisdiction(env, env.USER_ROOM).getByName(userId, near && { locationHint: near });
  return home as unknown as UserRoomStub;
}

/** Asks once: for what must not happen twice. Throws `RoomUnavailable` for the platform's failures. */
export async function once<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw roomFailure(error);
  }
}

/** Asks again at once where the platform says that it may help: for what may happen twice. */
export async function twice<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isWorthAsking(error)) throw roomFailure(error);
    return once(call);
  }
}

/** What a room answered; throws what it refused. */
export function answerOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new RefusedRequest(outcome.refusal);
}
