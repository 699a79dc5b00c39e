import * as z from "zod";
import { hasOlder, roomState } from "../room-state";

/** A position that cannot be continued from: go on from this state. */
export const historyReset = z.object({
  state: roomState,
  hasOlder,
  headSeq: z.int(),
  epoch: z.string(),
  reason: z.string(),
});
export type HistoryReset = z.infer<typeof historyReset>;
