import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import type { RoomConnection } from "../../client";
import { useSelected } from "../state/use-selected";
import { type KnownGuidance, useGuidance } from "./composer/use-guidance";
import { type KeptDraft, useKeptDraft } from "./composer/use-kept-draft";
import { type KnownChanges, useChanges } from "./conversation/changes/use-changes";
import { type KnownTurns, useTurns } from "./use-turns";

type Scope = KnownGuidance &
  KnownChanges & { room: RoomConnection; turns: KnownTurns; kept: KeptDraft };

const Current = createContext<Scope | undefined>(undefined);

/** What the views of one room share. */
export function RoomScope({
  room,
  children,
}: {
  room: RoomConnection;
  children: ComponentChildren;
}) {
  const turns = useTurns(room);
  const guidance = useGuidance(room);
  const changes = useChanges(room);
  const kept = useKeptDraft();
  const scope = { room, turns, kept, ...guidance, ...changes };
  return <Current.Provider value={scope}>{children}</Current.Provider>;
}

export function useRoom(): Scope {
  const scope = useContext(Current);
  if (!scope) throw new Error("outside of a room");
  return scope;
}

/** The task as the room has it; only for views that are shown once there is one. */
export function useTask() {
  const { room } = useRoom();
  const task = useSelected(room, (snapshot) => snapshot.room?.task);
  if (!task) throw new Error("a room without its task");
  return task;
}

/** Whether the caller may do more than watch. */
export function useMayAct(): boolean {
  const { room } = useRoom();
  return useSelected(room, ({ room: state }) => state?.task.role !== "viewer");
}
