import type { Attachment } from "../../protocol/files/attachment";

/** A file as a client is told of it: its bytes are at `url`, for whoever may read it and says who that is. */
export type ShownFile = {
  id: string;
  name: string;
  mediaType: string;
  /** Bytes. */
  size: number;
  url: string;
};

export function shownFile(
  { fileId: id, name, mediaType, size }: Attachment,
  origin: string,
): ShownFile {
  return { id, name, mediaType, size, url: `${origin}/api/v1/files/${id}` };
}

/** The files that a message carries. */
export function shownFiles(
  { attachments = [] }: { attachments?: readonly Attachment[] | undefined },
  origin: string,
): ShownFile[] {
  return attachments.map((attachment) => shownFile(attachment, origin));
}
