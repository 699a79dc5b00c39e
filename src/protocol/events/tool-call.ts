import * as z from "zod";
import { jsonValue } from "../json";
import { writing } from "./writing";

export const toolCall = z.object({
  ...writing,
  toolCallId: z.string(),
  name: z.string(),
  input: jsonValue,
});
export type ToolCall = z.infer<typeof toolCall>;
