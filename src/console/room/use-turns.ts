import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { RoomConnection, Turn } from "../../client";
import { useAccount } from "../state/account";
import { asTaskroomError } from "../state/use-action";
import { useRoomEvent } from "../state/use-event";
import { useSelected } from "../state/use-selected";
import {
  closedAfter,
  isOver,
  isRetry,
  merged,
  RETRIES,
  type Retry,
  type Wait,
  waitOf,
} from "./known-turns";

const NEWEST = 50;
/** Events of the log that are searched for waits. */
const LOOKED_AT = 100;
const NONE: Turn[] = [];

export type KnownTurns = {
  /** The newest turns, in the order in which they came. */
  turns: Turn[];
  /** By turn: its steps work one after the other. */
  waits: ReadonlyMap<string, Wait>;
  /** What a running step last said of its progress, by turn and step. */
  notes: ReadonlyMap<string, string>;
};

export function stepKey(turnId: string, step: string): string {
  return `${turnId} ${step}`;
}

/** The room's state tells open turns alone; closed ones are asked for, and looked up as they close. */
export function useTurns(room: RoomConnection): KnownTurns {
  const { client } = useAccount();
  const { taskId } = room;
  const open = useSelected(room, (snapshot) => snapshot.room?.openTurns ?? NONE);
  const [closed, setClosed] = useState<ReadonlyMap<string, Turn>>(new Map());
  const [waits, setWaits] = useState<ReadonlyMap<string, Wait>>(new Map());
  const [notes, setNotes] = useState<ReadonlyMap<string, string>>(new Map());

  const keep = useCallback((turns: Turn[]) => {
    setClosed((old) => new Map([...old, ...turns.map((turn) => [turn.id, turn] as const)]));
  }, []);
  const loadAll = useCallback(
    () =>
      void client.turns
        .list(taskId, { limit: NEWEST })
        .then(({ items }) => keep(items), asTaskroomError),
    [client, taskId, keep],
  );
  useEffect(loadAll, [loadAll]);
  useRoomEvent(room, "history:reset", loadAll);
  useRoomEvent(room, "turn:status", ({ data }) => {
    setClosed((old) => closedAfter(old, data));
    if (isOver(data)) {
      client.turns.get(taskId, data.turnId).then((turn) => keep([turn]), asTaskroomError);
    }
  });
  const addWaits = useCallback((events: Retry[]) => {
    setWaits((old) => new Map([...old, ...events.flatMap((event) => waitOf(event, Date.now()))]));
  }, []);
  // A wait that had begun when one came in is told by the log alone.
  useEffect(() => {
    const headSeq = room.getSnapshot().room?.task.headSeq ?? 0;
    const query = { type: [...RETRIES], after: Math.max(0, headSeq - LOOKED_AT) };
    client.tasks.events(taskId, query).then(({ items }) => {
      addWaits(items.filter(isRetry));
    }, asTaskroomError);
  }, [client, room, taskId, addWaits]);
  useRoomEvent(room, "phase:retry", (event) => addWaits([event]));
  useRoomEvent(room, "chat:error", (event) => addWaits([event]));
  useRoomEvent(room, "phase:update", ({ data: { turnId, step, message } }) => {
    if (message) setNotes((old) => new Map(old).set(stepKey(turnId, step), message));
  });

  const turns = useMemo(() => merged(closed, open), [closed, open]);
  return { turns, waits, notes };
}
