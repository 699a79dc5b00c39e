import { hex } from "../../files/upload";
import { describeError, logError } from "../../platform/platform-log";
import { hashedId } from "../../protocol/ids";
import type { AppContext } from "../../worker/context";
import { bucketOf } from "../../worker/files/bucket";
import { keepBytes } from "../../worker/files/keep-bytes";
import { RefusedRequest } from "../../worker/problem";
import { publicOrigin } from "../../worker/public-url";
import { ownHome, twice } from "../../worker/rooms/ask";
import { type NewBytes, type ReadFile, readFiles } from "./read-files";
import type { SentFile } from "./sent-file";

/** `of`: what names the message for its sender, the same whenever it is sent. */
type Message = { files: readonly SentFile[]; of: readonly string[] };
type Carried = { fileId: string; path: string; isNew: boolean };

/**
 * Does what sends a message, with the ids of the files that it is to carry. Those that came as bytes are
 * stored first, as the sender's own: the same bytes of the same message are the same file, however often it
 * comes. What is refused leaves none of them; what fails leaves them for another try, and for a day (FL7).
 */
export async function carrying<T>(
  c: AppContext,
  { files, of }: Message,
  work: (fileIds: string[]) => Promise<T>,
): Promise<T> {
  if (files.length === 0) return work([]);
  bucketOf(c);
  const read = readFiles(files, [publicOrigin(c), new URL(c.req.url).origin]);
  const carried: Carried[] = [];
  const done = (async () => {
    try {
      for (const file of read) await take(c, { file, of, carried });
      return await work(carried.map(({ fileId }) => fileId));
    } catch (error) {
      if (isRefusal(error)) await takeBack(c, carried);
      throw inPlaces(error, carried);
    }
  })();
  // A client that goes away must not take along what would put its files out of account.
  c.executionCtx.waitUntil(done.catch(() => undefined));
  return done;
}

type Taking = { file: ReadFile; of: readonly string[]; carried: Carried[] };

/** One after the other: their bytes are in memory meanwhile. The same one twice is one. */
async function take(c: AppContext, { file, of, carried }: Taking): Promise<void> {
  const { path } = file;
  const next =
    "fileId" in file ? { fileId: file.fileId, isNew: false } : await kept(c, { file, of });
  if (carried.some(({ fileId }) => fileId === next.fileId)) return;
  carried.push({ path, ...next });
}

async function kept(c: AppContext, { file, of }: { file: NewBytes; of: readonly string[] }) {
  const { name, mediaType, bytes } = file;
  const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
  const { userId } = c.var.principal;
  const text = JSON.stringify([userId, ...of, name, mediaType, sha256]);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const fileId = hashedId("file", new Uint8Array(hash));
  const size = bytes.byteLength;
  const { isNew } = await keepBytes(c, {
    file: { id: fileId, name, mediaType, size },
    bytes,
    sha256,
  });
  return { fileId, isNew };
}

/** What failed may have been done all the same, and is tried again. */
function isRefusal(error: unknown): error is RefusedRequest {
  return error instanceof RefusedRequest && error.refusal.code !== "unavailable";
}

/** A file that a message carries by now stays. */
async function takeBack(c: AppContext, carried: readonly Carried[]): Promise<void> {
  for (const { fileId, isNew } of carried) {
    if (!isNew) continue;
    try {
      await twice(() => ownHome(c).removeFile(fileId));
    } catch (error) {
      const { requestId } = c.var;
      logError("file_not_taken_back", { requestId, fileId, causes: describeError(error) });
    }
  }
}

const ATTACHMENT = /^attachments\.(\d+)/;

/** The same refusal by the request's own fields. */
function inPlaces(error: unknown, carried: readonly Carried[]): unknown {
  if (!(error instanceof RefusedRequest)) return error;
  const { issues: ours = [] } = error.refusal;
  // A refusal in a protocol's own words stays what it is.
  if (!ours.some(({ path }) => ATTACHMENT.test(path))) return error;
  const issues = ours.map(({ path, message }) => {
    const [, index] = ATTACHMENT.exec(path) ?? [];
    const place = index === undefined ? undefined : carried[Number(index)]?.path;
    return { path: place ?? path, message };
  });
  return new RefusedRequest({ ...error.refusal, issues }, error.options);
}
