import * as z from "zod";
import { taskId, turnId } from "../../protocol/ids";
import { parseJson } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";

const asked = z.strictObject({
  step: z.string().min(1).max(LIMITS.refChars),
  toolCallId: z.string().min(1).max(LIMITS.toolNameChars).optional(),
  round: z.int().min(0).optional(),
  index: z.int().min(0).optional(),
});
const state = z.strictObject({
  task: taskId,
  turn: turnId,
  asks: z.record(z.string(), asked),
});
export type State = z.infer<typeof state>;

/**
 * What a caller says it was asked. It is the caller's own word: the room judges each answer as it judges
 * one that came by itself, by who gives it and by what waits. Throws where it is none.
 */
export function stateIn(text: string): State {
  return state.parse(parseJson(text).value);
}
