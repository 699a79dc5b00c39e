import type { RoomConnection } from "../../../../client";
import { Button } from "../../../parts/button";
import { Problem } from "../../../parts/problem";
import { useAction } from "../../../state/use-action";

type Props = { turnId: string; room: RoomConnection };

const MEANT = "Have it answered anew. This answer stays as an earlier version.";

/** Another answer to the same message; while something else is being answered, it waits for that. */
export function RegenerateButton({ turnId, room }: Props) {
  const { run, busy, error } = useAction();
  return (
    <>
      <Button
        kind="quiet"
        busy={busy}
        title={MEANT}
        onClick={() => run(() => room.regenerate(turnId))}
      >
        Try again
      </Button>
      <Problem error={error} />
    </>
  );
}
