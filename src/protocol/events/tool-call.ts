import * as z from "zod";
import { jsonValue } from "../json";
import { toolPlace, writing } from "./writing";

export const toolCall = z.object({
  ...writing,
  ...toolPlace,
  toolCallId: z.string(),
  name: z.string(),
  input: jsonValue,
  /** Set where it is the beginning of a longer one, as text. */
  cut: z.literal(true).optional(),
});
export type ToolCall = z.infer<typeof toolCall>;
