import * as z from "zod";
import { turnId } from "../ids";

export const chatGuided = z.object({
  turnId,
  content: z.string(),
  outcome: z.enum(["applied", "expired"]),
});
export type ChatGuided = z.infer<typeof chatGuided>;
