import { useMemo } from "react";
import { type HeldRoom, placesOf } from "../places";
import { useTaskroom } from "../provider";

/** The id of a room, or nothing where none is chosen yet. */
export type RoomId = string | null | undefined;

export function useHeldRoom(taskId: RoomId): HeldRoom | undefined {
  const client = useTaskroom();
  return useMemo(() => (taskId ? placesOf(client).room(taskId) : undefined), [client, taskId]);
}
