import * as z from "zod";
import { fileId } from "../ids";
import { LIMITS } from "../limits";
import { timestamp } from "../time";

/** A name to show and to save under: no path, nothing that does not show. */
export const fileName = z
  .string()
  .min(1)
  .max(LIMITS.fileNameChars)
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}/\\]*$/u, {
    error: "printable characters only, and no slashes",
  });

/** `type/subtype` in lower case, without parameters. */
export const mediaType = z
  .string()
  .max(LIMITS.mediaTypeChars)
  .regex(/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/, { error: "no media type" });

/** A stored file (contract section 13); its bytes are fetched by its id. */
export const file = z.object({
  id: fileId,
  name: fileName,
  mediaType,
  /** Bytes. */
  size: z.int().min(0),
  /** Of the bytes, in lower-case hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: timestamp,
});
export type File = z.infer<typeof file>;
