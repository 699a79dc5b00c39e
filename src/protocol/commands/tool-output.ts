import * as z from "zod";
import { turnId } from "../ids";
import { jsonValue } from "../json";
import { LIMITS } from "../limits";
import { answeredPlace } from "../tools/tool-use";

/** What the client made of a call that it was handed: one of `output` and `error`. */
export const toolOutput = z.strictObject({
  turnId,
  toolCallId: z.string().min(1).max(LIMITS.toolNameChars),
  ...answeredPlace,
  output: jsonValue.optional(),
  error: z.string().min(1).max(LIMITS.toolErrorUnits).optional(),
});
export type ToolOutput = z.infer<typeof toolOutput>;
