import * as z from "zod";
import { jsonValue } from "../json";
import { cut, toolNamed } from "../tools/tool-use";
import { usage } from "../usage";
import { writing } from "./writing";

export const roundCall = z.object({ index: z.int().min(0), ...toolNamed, input: jsonValue, cut });

/** What a round of the model said: its own text and thinking, and the tools that it wants called. */
export const roundSaid = {
  round: z.int().min(0),
  /** The run in which it was made, where that is an earlier one. */
  run: z.int().optional(),
  text: z.string(),
  thinking: z.string().optional(),
  usage: usage.optional(),
};

/** A call of a model that ended in calls of tools. From here on it is never made again. */
export const chatRound = z.object({ ...writing, ...roundSaid, calls: z.array(roundCall) });
export type ChatRound = z.infer<typeof chatRound>;
