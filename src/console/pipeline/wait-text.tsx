import type { Step } from "../../client";
import { useRoom } from "../room/room-scope";
import { useNow } from "../state/use-now";

/** A step between two attempts. */
export function WaitText({ turnId, step }: { turnId: string; step: Step }) {
  const { turns } = useRoom();
  const now = useNow(true);
  const wait = turns.waits.get(turnId);
  const seconds = wait ? Math.ceil((wait.until - now) / 1000) : 0;
  return (
    <p class="warn-text">
      {step.phase}: attempt {step.attempt} failed{wait ? `: ${wait.why}` : "."}{" "}
      {seconds > 0 ? `Next attempt in ${seconds} s.` : "The next attempt comes."}
    </p>
  );
}
