import { useSelected } from "../../state/use-selected";
import { FINAL } from "../ended-notice";
import { useMayAct, useRoom } from "../room-scope";
import { Writing, type WritingProps } from "./writing";

/** The place to write, or why there is none. */
export function Composer(props: WritingProps) {
  const { room } = useRoom();
  const mayAct = useMayAct();
  const isOver = useSelected(room, (s) => s.room?.task.status === "CANCELLED");
  const isGone = useSelected(
    room,
    ({ connection }) => connection.state === "closed" && FINAL.includes(connection.closed.code),
  );
  if (isGone) return null;
  if (!mayAct) return <p class="composer quiet">You are watching: viewers cannot send.</p>;
  if (isOver) return <p class="composer quiet">This task was cancelled. It takes no messages.</p>;
  return <Writing {...props} />;
}
