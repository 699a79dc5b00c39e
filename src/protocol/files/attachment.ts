import * as z from "zod";
import { fileId } from "../ids";
import { LIMITS } from "../limits";
import { fileName, mediaType } from "./file";

/** A file as the message that carries it names it. */
export const attachment = z.object({
  fileId,
  name: fileName,
  mediaType,
  /** Bytes. */
  size: z.int().min(0),
});
export type Attachment = z.infer<typeof attachment>;

/** The files that a message is to carry. */
export const attachments = z
  .array(fileId)
  .max(LIMITS.attachments)
  .refine((ids) => new Set(ids).size === ids.length, { error: "the same file twice" });
