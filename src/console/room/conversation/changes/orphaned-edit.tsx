import type { Message } from "../../../../client";
import { Button } from "../../../parts/button";
import { CopyButton } from "../../../parts/copy-button";
import { Problem } from "../../../parts/problem";
import { useSelected } from "../../../state/use-selected";
import { useRoom } from "../../room-scope";

const NONE: readonly Message[] = [];

/** What was written for a message whose place another took meanwhile: it is not lost. */
export function OrphanedEdit() {
  const { room, edit } = useRoom();
  const open = useSelected(edit, (current) => current);
  const older = useSelected(room, (snapshot) => snapshot.older);
  const newest = useSelected(room, (snapshot) => snapshot.room?.messages ?? NONE);
  if (!open || open.isSaving) return null;
  const isEdited = ({ id }: Message) => id === open.messageId;
  if (newest.some(isEdited) || older.some(isEdited)) return null;
  return (
    <section class="card stack tight" aria-label="An edit that was not saved" role="alert">
      <p>The message that you were editing has left the conversation. You had written:</p>
      <p class="prewrap">{open.text}</p>
      <Problem error={open.error} />
      <div class="row end">
        <CopyButton text={open.text} kind="plain" />
        <Button onClick={() => edit.end()}>Discard</Button>
      </div>
    </section>
  );
}
