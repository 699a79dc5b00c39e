import { useId } from "preact/hooks";
import type { Step, Turn } from "../../client";
import { Decision } from "../room/decision";
import { useRoom } from "../room/room-scope";

/** Whether the reason says no more than the heading does. */
function isPlain({ reason }: Turn, { phase }: Step): boolean {
  return reason === `waiting for confirmation of ${phase}`;
}

/** A step that waits for a person's yes. */
export function ConfirmPanel({ turn, step }: { turn: Turn; step: Step }) {
  const { room } = useRoom();
  const id = useId();
  return (
    <section class="confirm card stack tight" aria-labelledby={id}>
      <h2 id={id}>“{step.phase}” waits for a yes</h2>
      {turn.reason && !isPlain(turn, step) && <p class="quiet">{turn.reason}</p>}
      <Decision
        onAnswer={(answer) => room.confirm({ turnId: turn.id, step: step.step, ...answer })}
      />
    </section>
  );
}
