import { useMemo } from "react";
import { actionsOf, NO_ACTIONS, type RoomActions } from "./room-actions";
import { type RoomId, useHeldRoom } from "./use-held-room";

/**
 * What can be done in a room, for a component that does not show it: nothing is rendered anew. The room is
 * open while another shows it, or while a command has no answer.
 */
export function useRoomActions(taskId: RoomId): RoomActions {
  const held = useHeldRoom(taskId);
  return useMemo(() => (held ? actionsOf(held) : NO_ACTIONS), [held]);
}
