import type { Step, Turn } from "../../client";
import { LiveUses } from "../room/conversation/tools/live-uses";
import { useWaitingUses } from "../room/conversation/tools/use-waiting-uses";
import { ConfirmPanel } from "./confirm-panel";

/** What a step waits for: answers to calls of its tools, or a yes to the step itself. */
export function StepWait({ turn, step }: { turn: Turn; step: Step }) {
  const waiting = useWaitingUses(turn.id);
  return waiting ? <LiveUses {...waiting} /> : <ConfirmPanel turn={turn} step={step} />;
}
