import type { NewFile } from "../../protocol/rooms/files";
import type { AppContext } from "../context";
import { mayCreate } from "../middleware/creation-limit";
import { answerOf, ownHome, twice } from "../rooms/ask";
import { bucketOf, fromBucket } from "./bucket";
import { finished } from "./upload";

/** Bytes that came within a request, with their SHA-256 in lower-case hexadecimal. */
export type Kept = { file: NewFile; bytes: Uint8Array<ArrayBuffer>; sha256: string };

/**
 * Stores bytes as a file of the caller's own, by the way of an upload. Gives whether it is new: what is stored
 * under this id already stays as it is.
 */
export async function keepBytes(
  c: AppContext,
  { file, bytes, sha256 }: Kept,
): Promise<{ isNew: boolean }> {
  const bucket = bucketOf(c);
  await mayCreate(c, "files");
  const known = answerOf(await twice(() => ownHome(c).reserveFile(file)));
  if (known) return { isNew: false };
  await finished(c, file.id, async () => {
    await fromBucket(c, () => bucket.put(file, c.var.principal.userId, bytes));
    return sha256;
  });
  return { isNew: true };
}
