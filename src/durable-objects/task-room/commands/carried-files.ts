import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import type { Attachment } from "../../../protocol/files/attachment";

/** The files that an edited message or a note is to carry. */
export function carriedFiles(fileIds: readonly string[] = []): Outcome<Attachment[]> {
  if (fileIds.length === 0) return accepted([]);
  return refused(refuse("files_not_configured", "No files can be sent here."));
}
