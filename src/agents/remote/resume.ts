import * as z from "zod";
import type { JsonValue } from "../../protocol/json";
import type { StepRequest } from "../../resources/step";

// Kept with what the agent had said: nobody else reads it.
const memo = z.object({
  /** The idempotency key under which the agent is at work. */
  key: z.string(),
  state: z.json().optional(),
  progress: z.object({ percentComplete: z.number(), message: z.string().optional() }).optional(),
});
type Memo = z.infer<typeof memo>;

/** What an attempt goes on from: the text that stays, and what the agent had said of itself. */
export type Resume = Memo & { text: string };

/** As it is kept: a value that is not there is left out. */
export function memoOf(kept: Memo): JsonValue {
  return JSON.parse(JSON.stringify(kept));
}

/** What an earlier attempt of the same bot has left to go on from. */
export function resumeOf(request: StepRequest): Resume | undefined {
  const last = request.rounds.at(-1);
  if (!last || last.bot !== request.config.bot) return undefined;
  const kept = memo.safeParse(last.memo).data ?? { key: request.idempotencyKey };
  return { ...kept, text: last.text };
}
