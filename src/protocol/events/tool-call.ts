import * as z from "zod";
import { jsonValue } from "../json";
import { writing } from "./writing";

export const toolCall = z.object({
  ...writing,
  toolCallId: z.string(),
  name: z.string(),
  input: jsonValue,
  /** Set where it is the beginning of a longer one, as text. */
  cut: z.literal(true).optional(),
});
export type ToolCall = z.infer<typeof toolCall>;
