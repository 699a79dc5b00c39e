import { removeApiKey } from "../../history/api-keys";
import { accepted, type Outcome, refuse, refused } from "../../protocol/errors";
import { forgetKey } from "../identity/api-key";
import { taskRoom, twice, userRoom } from "./ask";
import { isNotThere } from "./room-failure";

/**
 * Revokes an API key. A home that still runs the last release does not do that itself: there the
 * key's row goes first, and then its sockets, in every room where the user is.
 */
export async function revokeKey(env: Env, userId: string, keyId: string): Promise<Outcome<null>> {
  forgetKey(keyId);
  try {
    return await twice(() => userRoom(env, userId).revokeKey(userId, keyId));
  } catch (error) {
    if (!isNotThere(error)) throw error;
  }
  if (!(await removeApiKey(env.DB, userId, keyId))) {
    return refused(refuse("not_found", "There is no such API key."));
  }
  const rooms = await twice(() => userRoom(env, userId).connectedTasks());
  await Promise.allSettled([
    twice(() => userRoom(env, userId).closeKey(keyId)),
    ...rooms.map((taskId) => twice(() => taskRoom(env, taskId).closeKey(keyId))),
  ]);
  return accepted(null);
}
