import type { Refusal } from "../protocol/errors";

const ANSWERED: ReadonlySet<string> = new Set(["invalid_transition", "not_found", "conflict"]);

/** Whether an answer to a call or a step is refused because it waits no more: one that was given before stands. */
export function isAnswered({ code }: Refusal): boolean {
  return ANSWERED.has(code);
}
