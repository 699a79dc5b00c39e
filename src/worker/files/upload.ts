import { mayBe } from "../../files/first-bytes";
import { Body, store, WrongLength } from "../../files/upload";
import { describeError, logError } from "../../platform/platform-log";
import type { File } from "../../protocol/files/file";
import type { NewFile } from "../../protocol/rooms/files";
import type { AppContext } from "../context";
import { answerOf, ownHome, twice } from "../rooms/ask";
import { announcedFile, invalid } from "./announced";
import { bucketOf, fromBucket } from "./bucket";

/**
 * Streams a request's body into the bucket: the caller's home takes the file into account first, and lets
 * it be read once all of it is there. Whatever is refused or breaks off leaves nothing.
 */
export async function uploadFile(c: AppContext, name: string | undefined): Promise<File> {
  bucketOf(c);
  const file = announcedFile(c.req.raw, name);
  const work = upload(c, file);
  // A client that goes away must not take along what puts its file out of account.
  c.executionCtx.waitUntil(work.catch(() => undefined));
  return work;
}

async function upload(c: AppContext, file: NewFile): Promise<File> {
  const body = new Body(c.req.raw.body);
  try {
    await checkType(file, body);
    answerOf(await twice(() => ownHome(c).reserveFile(file)));
    return await storeReserved(c, file, body);
  } catch (error) {
    throw error instanceof WrongLength ? invalid("Content-Length", [error.message]) : error;
  } finally {
    await body.cancel();
  }
}

async function checkType({ mediaType }: NewFile, body: Body): Promise<void> {
  if (mayBe(mediaType, await body.head())) return;
  throw invalid("Content-Type", [`the bytes are no ${mediaType}`]);
}

async function storeReserved(c: AppContext, file: NewFile, body: Body): Promise<File> {
  const bucket = bucketOf(c);
  const owner = c.var.principal.userId;
  return finished(c, file.id, () =>
    store(bucket, { file, owner }, body).catch((error: unknown) => {
      if (error instanceof WrongLength) throw error;
      return fromBucket(c, () => Promise.reject(error));
    }),
  );
}

/** A file that is accounted for, once all of it is stored; `put` gives its SHA-256. */
export async function finished(
  c: AppContext,
  fileId: string,
  put: () => Promise<string>,
): Promise<File> {
  try {
    const sha256 = await put();
    return answerOf(await twice(() => ownHome(c).finishFile(fileId, sha256)));
  } catch (error) {
    await abandon(c, fileId);
    throw error;
  }
}

/** What can't be said now the home finds out by itself. */
async function abandon(c: AppContext, fileId: string): Promise<void> {
  try {
    await twice(() => ownHome(c).abandonFile(fileId));
  } catch (error) {
    const { requestId } = c.var;
    logError("upload_not_abandoned", { requestId, fileId, causes: describeError(error) });
  }
}
