import * as z from "zod";
import { writing } from "./writing";

/** An attempt begins to write. */
export const chatStart = z.object({
  ...writing,
  step: z.string(),
  bot: z.string(),
  model: z.string(),
});
export type ChatStart = z.infer<typeof chatStart>;
