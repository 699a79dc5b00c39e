import { useState } from "preact/hooks";
import { Button } from "../parts/button";
import { Problem } from "../parts/problem";
import { useAction } from "../state/use-action";
import { useMayAct } from "./room-scope";

type Props = {
  /** What is decided on, where there may be several, for those who hear only the buttons. */
  of?: string;
  onAnswer: (answer: { approve: boolean; note?: string }) => Promise<unknown>;
};

/** A yes or a no, with a note, of whoever may act in the room. */
export function Decision({ of, onAnswer }: Props) {
  const mayAct = useMayAct();
  const [note, setNote] = useState("");
  const { run, busy, error } = useAction();
  const named = (verb: string) => (of === undefined ? verb : `${verb} ${of}`);
  const answer = (approve: boolean) => {
    const said = note.trim();
    return run(() => onAnswer({ approve, ...(said && { note: said }) }));
  };
  if (!mayAct) return <p class="quiet">Somebody who may edit this task has to say it.</p>;
  return (
    <>
      <input
        aria-label={of === undefined ? "Note" : `Note on ${of}`}
        placeholder="A note (optional)"
        maxLength={500}
        value={note}
        onInput={(event) => setNote(event.currentTarget.value)}
      />
      <div class="row">
        <Button kind="primary" busy={busy} label={named("Approve")} onClick={() => answer(true)}>
          Approve
        </Button>
        <Button busy={busy} label={named("Decline")} onClick={() => answer(false)}>
          Decline
        </Button>
      </div>
      <Problem error={error} />
    </>
  );
}
