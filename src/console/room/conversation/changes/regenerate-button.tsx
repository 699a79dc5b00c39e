import type { RoomConnection } from "../../../../client";
import { Button } from "../../../parts/button";
import { Problem } from "../../../parts/problem";
import { useAction } from "../../../state/use-action";
import { useSelected } from "../../../state/use-selected";
import { useRoom } from "../../room-scope";

type Props = { turnId: string; room: RoomConnection };

/** Another answer to the same message, once nothing else is being answered. */
export function RegenerateButton({ turnId, room }: Props) {
  const { turns } = useRoom();
  const { run, busy, error } = useAction();
  const isAtRest = useSelected(
    room,
    (s) => s.room?.openTurns.length === 0 && s.room.task.status !== "CANCELLED",
  );
  const isWhole = turns.turns.find(({ id }) => id === turnId)?.status === "COMPLETED";
  if (!isAtRest || !isWhole) return null;
  return (
    <>
      <Button kind="quiet" busy={busy} onClick={() => run(() => room.regenerate(turnId))}>
        Regenerate
      </Button>
      <Problem error={error} />
    </>
  );
}
