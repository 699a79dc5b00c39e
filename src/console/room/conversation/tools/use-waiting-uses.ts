import { type Stream, streamUses } from "../../../../client";
import { useSelected } from "../../../state/use-selected";
import { useRoom } from "../../room-scope";
import { liveUse, type ShownUse } from "./shown-use";

/** The calls of a turn that wait for somebody, and the answer that they are of; nothing without any. */
export function useWaitingUses(turnId: string): { stream: Stream; uses: ShownUse[] } | undefined {
  const { room } = useRoom();
  const stream = useSelected(room, (s) => s.room?.streams.find((one) => one.turnId === turnId));
  if (!stream) return undefined;
  const uses = streamUses(stream)
    .map((call) => liveUse(call))
    .filter(({ state }) => state === "asks" || state === "with-client");
  return uses.length > 0 ? { stream, uses } : undefined;
}
