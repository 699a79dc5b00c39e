import * as z from "zod";
import { jsonValue } from "../json";
import { toolPlace, writing } from "./writing";

/** One of `output` and `error`. */
export const toolResult = z.object({
  ...writing,
  ...toolPlace,
  toolCallId: z.string(),
  name: z.string(),
  output: jsonValue.optional(),
  error: z.string().optional(),
  /** Set where it is the beginning of a longer one, as text. */
  cut: z.literal(true).optional(),
});
export type ToolResult = z.infer<typeof toolResult>;
