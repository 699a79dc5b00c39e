import * as z from "zod";
import type { attachment } from "../files/attachment";
import { file } from "../files/file";
import { fileId } from "../ids";

/** A file as its owner's home hears of it before its first byte is stored. */
export const newFile = file.pick({ id: true, name: true, mediaType: true, size: true });
export type NewFile = z.infer<typeof newFile>;

/** A file that a task carries, and whose it is: who made it, in whose home its row is. */
export const carriedFile = z.object({ fileId, owner: z.string() });
export type CarriedFile = z.infer<typeof carriedFile>;

/** What an owner's home says to whoever asks for one of its files. */
export const foundFile = z.object({
  file,
  /** The tasks that carry it: their members may read it. */
  taskIds: z.array(z.string()),
});
export type FoundFile = z.infer<typeof foundFile>;

/** A file as a message names it. */
export function attachmentOf({ id, name, mediaType, size }: NewFile): z.infer<typeof attachment> {
  return { fileId: id, name, mediaType, size };
}
