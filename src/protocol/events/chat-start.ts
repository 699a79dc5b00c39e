import * as z from "zod";
import { writing } from "./writing";

/** An attempt begins to write. */
export const chatStart = z.object({
  ...writing,
  step: z.string(),
  bot: z.string(),
  model: z.string(),
  /** Where an earlier attempt's rounds are gone on from: the length of their text, UTF-16 units. */
  offset: z.int().min(0).optional(),
});
export type ChatStart = z.infer<typeof chatStart>;
