import { FileBucket, type MetObject } from "../../files/bucket";
import { readSweep, writeSweep } from "../../history/sweeps";
import { describeError, logError, logWarning } from "../../platform/platform-log";
import { twice, userRoom } from "../rooms/ask";

const NAME = "files";
/** Files of one run: each may be in another home. And the calls for them, which give as many as they like. */
const FILES = 300;
const CALLS = 10;
const EVERY_MS = 24 * 60 * 60 * 1000;

/**
 * Once a day goes through the bucket, a piece a minute, and removes what no home knows: bytes whose home was
 * lost to them by a crash that nothing else mends. Files of homes that can't be asked stay for the next day.
 * Rejects where bucket or database can't be reached. `now` in milliseconds since 1970.
 */
export async function sweepFiles(env: Env, now: number): Promise<void> {
  if (!env.FILES) return;
  const bucket = new FileBucket(env.FILES);
  const before = await readSweep(env.DB, NAME);
  const isUnderWay = before !== undefined && before.cursor !== "";
  if (!isUnderWay && before && now - before.begunAt < EVERY_MS) return;
  const listed = await list(bucket, isUnderWay ? before.cursor : undefined);
  const lost = await unknownOf(env, listed.met);
  if (lost.length > 0) {
    await bucket.remove(lost);
    logWarning("files_swept", { files: lost.length });
  }
  const begunAt = isUnderWay ? before.begunAt : now;
  await writeSweep(env.DB, NAME, { cursor: listed.after ?? "", begunAt });
}

async function list(bucket: FileBucket, from: string | undefined) {
  const met: MetObject[] = [];
  let after = from;
  for (let calls = 0; calls < CALLS && met.length < FILES; calls++) {
    const page = await bucket.list(FILES - met.length, after);
    met.push(...page.met);
    after = page.after;
    if (after === undefined) break;
  }
  return { met, after };
}

async function unknownOf(env: Env, met: readonly MetObject[]): Promise<string[]> {
  const byOwner = Map.groupBy(met, ({ owner }) => owner);
  const unknown = [...byOwner].map(async ([owner, objects]) => {
    const ids = objects.map(({ id }) => id);
    return owner === undefined ? ids : unknownAt(env, owner, ids);
  });
  return (await Promise.all(unknown)).flat();
}

async function unknownAt(env: Env, owner: string, fileIds: string[]): Promise<string[]> {
  try {
    return await twice(() => userRoom(env, owner).unknownFiles(fileIds));
  } catch (error) {
    logError("home_not_asked", { userId: owner, causes: describeError(error) });
    return [];
  }
}
