import * as z from "zod";
import { writing } from "./writing";

/** Text becomes `text.slice(0, offset) + delta`, in UTF-16 units. */
export const chatDelta = z.object({ ...writing, offset: z.int().min(0), delta: z.string() });
export type ChatDelta = z.infer<typeof chatDelta>;
