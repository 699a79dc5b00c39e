import { enterStep } from "../step/start";
import type { Draft } from "./draft";
import { closeTurn } from "./turn-end";

/** Enters the turn's next step, or closes the turn where none is left. */
export function advance(draft: Draft, turnId: string): void {
  const turn = draft.turn(turnId);
  if (!turn) return;
  const next = turn.steps.find((step) => step.status === "PENDING");
  if (next) {
    enterStep(draft, turnId, next);
    return;
  }
  const partial = turn.steps.some((step) => step.status !== "COMPLETED");
  closeTurn(draft, turnId, { status: "COMPLETED", ...(partial && { reason: "partial" }) });
}
