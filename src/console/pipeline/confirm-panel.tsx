import { useId, useState } from "preact/hooks";
import type { Step, TaskroomError, Turn } from "../../client";
import { Button } from "../parts/button";
import { Problem } from "../parts/problem";
import { useMayAct, useRoom } from "../room/room-scope";
import { asTaskroomError } from "../state/use-action";

/** Whether the reason says no more than the heading does. */
function isPlain({ reason }: Turn, { phase }: Step): boolean {
  return reason === `waiting for confirmation of ${phase}`;
}

/** A step that waits for a person's yes. */
export function ConfirmPanel({ turn, step }: { turn: Turn; step: Step }) {
  const { room } = useRoom();
  const mayAct = useMayAct();
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TaskroomError>();
  const id = useId();

  const answer = async (approve: boolean) => {
    setBusy(true);
    setError(undefined);
    const said = {
      turnId: turn.id,
      step: step.step,
      approve,
      ...(note.trim() && { note: note.trim() }),
    };
    try {
      await room.confirm(said);
    } catch (failure) {
      setError(asTaskroomError(failure));
    }
    setBusy(false);
  };

  return (
    <section class="confirm card stack tight" aria-labelledby={id}>
      <h2 id={id}>“{step.phase}” waits for a yes</h2>
      {turn.reason && !isPlain(turn, step) && <p class="quiet">{turn.reason}</p>}
      {mayAct ? (
        <>
          <input
            aria-label="Note"
            placeholder="A note (optional)"
            maxLength={500}
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
          <div class="row">
            <Button kind="primary" busy={busy} onClick={() => answer(true)}>
              Approve
            </Button>
            <Button busy={busy} onClick={() => answer(false)}>
              Decline
            </Button>
          </div>
        </>
      ) : (
        <p class="quiet">Somebody who may edit this task has to say it.</p>
      )}
      <Problem error={error} />
    </section>
  );
}
