import * as z from "zod";
import { writing } from "./writing";

/** How far a tool says it is; the last of each is what counts. */
export const toolProgress = z.object({
  ...writing,
  round: z.int().min(0),
  index: z.int().min(0),
  progress: z.number().optional(),
  total: z.number().optional(),
  message: z.string().optional(),
});
export type ToolProgress = z.infer<typeof toolProgress>;
