import { FileBucket } from "../../files/bucket";
import { describeError, logError } from "../../platform/platform-log";
import { refuse } from "../../protocol/errors";
import type { AppContext } from "../context";
import { RefusedRequest } from "../problem";

/** Throws `files_not_configured` where the deployment has none. */
export function bucketOf({ env }: AppContext): FileBucket {
  if (env.FILES) return new FileBucket(env.FILES);
  const message = "This service keeps no files: it has no bucket";
  throw new RefusedRequest(refuse("files_not_configured", message));
}

/** Asks the bucket; throws `unavailable` where it does not answer. */
export async function fromBucket<T>({ var: { requestId } }: AppContext, ask: () => Promise<T>) {
  try {
    return await ask();
  } catch (error) {
    logError("bucket_failed", { requestId, causes: describeError(error) });
    throw new RefusedRequest(refuse("unavailable", "The file cannot be reached now; try again"));
  }
}
