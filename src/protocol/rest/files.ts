import * as z from "zod";
import { fileName } from "../files/file";

/** In place of the name in `Content-Disposition`. */
export const uploadFile = z.strictObject({ name: fileName.optional() });
export type UploadFile = z.infer<typeof uploadFile>;

/** `inline=1`: what a page may show is not to be saved but shown. */
export const readFile = z.strictObject({ inline: z.enum(["0", "1"]).optional() });
export type ReadFile = z.infer<typeof readFile>;
