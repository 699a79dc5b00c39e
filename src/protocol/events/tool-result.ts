import * as z from "zod";
import { cut, toolNamed, toolOutcome } from "../tools/tool-use";
import { toolPlace, writing } from "./writing";

/** One of `output` and `error`. */
export const toolResult = z.object({
  ...writing,
  ...toolPlace,
  ...toolNamed,
  ...toolOutcome,
  cut,
});
export type ToolResult = z.infer<typeof toolResult>;
