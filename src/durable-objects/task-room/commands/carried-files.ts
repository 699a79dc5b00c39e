import type { Outcome } from "../../../protocol/errors";
import type { Attachment } from "../../../protocol/files/attachment";
import type { Principal } from "../../../protocol/identity";
import type { Desk } from "../desk";
import type { Asking } from "./quota";

/** `kept`: files of a message that this one takes the place of; they need not be the sender's own. */
type Files = { fileIds?: readonly string[] | undefined; kept?: readonly Attachment[] | undefined };

/**
 * Does what commits a message of somebody's, with the files that it is to carry: at once where it has none.
 * What was looked at before may be another by then, where they had to be asked for.
 */
export function carryingFiles<T>(
  { files, taskId = "" }: Desk,
  { userId }: Principal,
  { fileIds = [], kept = [] }: Files,
  work: (attachments: Attachment[], asking: Asking) => Outcome<T> | Promise<Outcome<T>>,
): Outcome<T> | Promise<Outcome<T>> {
  if (fileIds.length === 0) return work([], { afterAwait: false });
  return files.carrying({ taskId, userId, fileIds, kept }, (attachments) =>
    work(attachments, { afterAwait: true }),
  );
}
