import * as z from "zod";
import { messageId, turnId } from "../ids";
import { jsonValue } from "../json";
import { cut, toolNamed } from "../tools/tool-use";

/** Where one call of a step's round is. */
export const callPlace = {
  turnId,
  messageId,
  step: z.string(),
  round: z.int().min(0),
  index: z.int().min(0),
};

/** A call waits for a person's yes or no. */
export const toolApproval = z.object({ ...callPlace, ...toolNamed, input: jsonValue, cut });
export type ToolApproval = z.infer<typeof toolApproval>;
