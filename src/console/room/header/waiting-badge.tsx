import { type RoomSnapshot, streamUses } from "../../../client";
import { Badge } from "../../parts/badge";
import { useSelected } from "../../state/use-selected";
import { useRoom } from "../room-scope";

/** Says in every view of the room that its turn goes on only when somebody has answered. */
export function WaitingBadge() {
  const { room } = useRoom();
  const text = useSelected(room, waitOf);
  return text ? <Badge tone="warn">{text}</Badge> : null;
}

function waitOf({ room }: RoomSnapshot): string | undefined {
  const turn = room?.openTurns.find(({ status }) => status === "WAITING");
  if (!room || !turn) return undefined;
  const stream = room.streams.find(({ turnId }) => turnId === turn.id);
  const open = streamUses(stream ?? {}).filter(
    ({ output, error }) => output === undefined && error === undefined,
  );
  if (open.some(({ where }) => where) && !open.some(({ approval }) => approval === "asked")) {
    return "Waits for the client";
  }
  return room.task.role === "viewer" ? "Waits for somebody" : "Waits for you";
}
