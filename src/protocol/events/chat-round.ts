import * as z from "zod";
import { jsonValue } from "../json";
import { cut, toolNamed } from "../tools/tool-use";
import { usage } from "../usage";
import { writing } from "./writing";

export const roundCall = z.object({ index: z.int().min(0), ...toolNamed, input: jsonValue, cut });

/** What a round said: its own text and thinking. */
export const roundSaid = {
  round: z.int().min(0),
  /** The run in which it was made, where that is an earlier one. */
  run: z.int().optional(),
  text: z.string(),
  thinking: z.string().optional(),
  usage: usage.optional(),
  /** Set where an agent of its own goes on from it: no other bot does. */
  bot: z.string().optional(),
};

/**
 * A call of a model that ended in calls of tools, or what an agent has said so far and can go on from:
 * the next attempt does. From here on it is never made again.
 */
export const chatRound = z.object({
  ...writing,
  ...roundSaid,
  calls: z.array(roundCall),
  /** Where more is said in the same round: how much of its text stays, UTF-16 units. */
  offset: z.int().min(0).optional(),
});
export type ChatRound = z.infer<typeof chatRound>;
