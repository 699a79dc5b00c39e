import { restartStep } from "../step/fail";
import type { Draft } from "./draft";
import { activeTurn } from "./room";

/** No runner works for the active turn although a step is RUNNING: the runtime died under it. */
export function recoverTurn(draft: Draft): void {
  const turn = activeTurn(draft.room);
  const step = turn?.steps.find((item) => item.status === "RUNNING");
  if (turn && step) restartStep(draft, turn, step);
}
