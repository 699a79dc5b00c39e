import { inTime } from "../../platform/in-time";
import { describeError, logError } from "../../platform/platform-log";
import type { FailureCode } from "../../protocol/errors";
import type { Attachment } from "../../protocol/files/attachment";
import type { StepFiles } from "../../resources/step-files";
import { AttemptEnded } from "../agent";
import { failure } from "../failure";

/** Milliseconds for one file. */
const READ_MS = 60_000;

/**
 * The bytes of a file; nothing where it is gone. Where it cannot be read now the attempt ends with `code`:
 * an answer to a picture that nobody looked at is worse than a later one.
 */
export async function readFile(
  files: StepFiles,
  attachment: Attachment,
  code: FailureCode,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await inTime(READ_MS, () => files.read(attachment));
  } catch (error) {
    logError("file_unread", { fileId: attachment.fileId, causes: describeError(error) });
    throw new AttemptEnded(failure(code, "A file of the conversation cannot be read now."));
  }
}
