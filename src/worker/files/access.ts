import type { FileBucket, StoredFile } from "../../files/bucket";
import { refuse } from "../../protocol/errors";
import type { AppContext } from "../context";
import { RefusedRequest } from "../problem";
import { ownHome, taskRoom, twice, userRoom } from "../rooms/ask";
import { isNotThere } from "../rooms/room-failure";
import { fromBucket } from "./bucket";

/** Tasks whose rooms are asked at once; of more, those that are in the caller's list. */
const AT_ONCE = 10;

/** A file that the caller may read. Throws `not_found` where there is none. */
export async function readableFile(
  c: AppContext,
  bucket: FileBucket,
  fileId: string,
): Promise<StoredFile> {
  const stored = await fromBucket(c, () => bucket.head(fileId));
  if (stored && (await mayRead(c, stored))) return stored;
  throw noFile();
}

export function noFile(): RefusedRequest {
  return new RefusedRequest(refuse("not_found", "There is no such file"));
}

/** Whoever made it may, and the members of a task that carries it. */
async function mayRead(c: AppContext, { id, owner }: StoredFile): Promise<boolean> {
  // Its row is what counts: bytes that are being written, or removed, are no file.
  const found = await twice(() => userRoom(c.env, owner).findFile(id)).catch(unlessOlder);
  if (!found?.ok) return false;
  if (owner === c.var.principal.userId) return true;
  return isMemberOfOne(c, found.value.taskIds);
}

async function isMemberOfOne(c: AppContext, taskIds: string[]): Promise<boolean> {
  const likely =
    taskIds.length > AT_ONCE ? await twice(() => ownHome(c).listedAmong(taskIds)) : taskIds;
  for (let from = 0; from < likely.length; from += AT_ONCE) {
    const some = likely.slice(from, from + AT_ONCE);
    const asked = await Promise.all(some.map((taskId) => isMember(c, taskId)));
    if (asked.includes(true)) return true;
  }
  return false;
}

async function isMember({ env, var: { principal } }: AppContext, taskId: string): Promise<boolean> {
  return (await twice(() => taskRoom(env, taskId).read(principal))).ok;
}

/** A home of the last release has no files. */
function unlessOlder(error: unknown): undefined {
  if (!isNotThere(error)) throw error;
}
