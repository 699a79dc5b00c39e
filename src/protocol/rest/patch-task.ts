import * as z from "zod";
import { metadata } from "../json";
import { labels, title } from "../task";

export const patchTask = z.strictObject({
  title: title.optional(),
  labels: labels.optional(),
  metadata: metadata.optional(),
});
export type PatchTask = z.infer<typeof patchTask>;
