import * as z from "zod";
import { jsonValue } from "../json";
import { cut, toolNamed } from "../tools/tool-use";
import { toolPlace, writing } from "./writing";

/** A call is being made. */

export const toolCall = z.object({
  ...writing,
  ...toolPlace,
  ...toolNamed,
  input: jsonValue,
  cut,
  /** The sender of the turn's message is to carry it out. */
  where: z.literal("client").optional(),
});
export type ToolCall = z.infer<typeof toolCall>;
