import * as z from "zod";
import { toolNamed } from "../tools/tool-use";
import { callPlace } from "./tool-approval";

/** What a person has said to a call that waited for it. */
export const toolDecision = z.object({
  ...callPlace,
  ...toolNamed,
  approve: z.boolean(),
  note: z.string().optional(),
  by: z.string(),
});
export type ToolDecision = z.infer<typeof toolDecision>;
