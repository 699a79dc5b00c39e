import { useState } from "preact/hooks";
import type { RoomConnection, TaskroomError, Turn } from "../../../client";
import { Button } from "../../parts/button";
import { Problem } from "../../parts/problem";
import { asTaskroomError } from "../../state/use-action";
import { useSelected } from "../../state/use-selected";

/** Whether a turn has ended otherwise than by simply succeeding. */
export function tells({ status, reason }: Turn): boolean {
  return status === "FAILED" || status === "INTERRUPTED" || reason === "partial";
}

type Props = {
  turn: Turn;
  room: RoomConnection;
  /** Where what failed has said why already. */
  brief?: boolean;
};

/** How a turn ended that did not simply succeed, and the way to try again. */
export function TurnEnd({ turn, room, brief = false }: Props) {
  const [error, setError] = useState<TaskroomError>();
  const mayRetry = useSelected(
    room,
    ({ room: state }) => state?.task.role !== "viewer" && state?.task.status !== "CANCELLED",
  );
  const retry = () => {
    setError(undefined);
    room.retry(turn.id).catch((failure) => setError(asTaskroomError(failure)));
  };
  const failed = turn.status === "FAILED";
  return (
    <div class={`turn-end ${failed ? "bad" : ""}`}>
      <span>{brief && failed ? "Failed." : said(turn)}</span>
      {turn.status !== "COMPLETED" && mayRetry && <Button onClick={retry}>Retry</Button>}
      <Problem error={error} />
    </div>
  );
}

function said({ status, error, reason }: Turn): string {
  if (status === "COMPLETED") return "Finished, although a step failed.";
  if (status === "FAILED") return `Failed: ${error?.message ?? reason ?? "no reason was given"}`;
  return reason ? `Stopped: ${reason}` : "Stopped.";
}
