import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { LogEvent, RoomConnection, RoomEventOf } from "../../../client";
import { useAccount } from "../../state/account";
import { asTaskroomError } from "../../state/use-action";
import { useRoomEvent } from "../../state/use-event";

type Guided = RoomEventOf<"chat:guided">;
type Sent = { turnId: string; content: string };

/** A piece of guidance and what became of it. */
export type Guidance = { key: string; content: string; outcome: "waiting" | "applied" | "expired" };

export type KnownGuidance = {
  /** By turn, in the order in which it took effect; what still waits comes last. */
  guidance: ReadonlyMap<string, Guidance[]>;
  guide: (content: string) => Promise<void>;
};

/** The log tells what became of guidance; that some still waits is known to who has given it alone. */
export function useGuidance(room: RoomConnection): KnownGuidance {
  const { client } = useAccount();
  const { taskId } = room;
  const [sent, setSent] = useState<Sent[]>([]);
  const [guided, setGuided] = useState<ReadonlyMap<number, Guided>>(new Map());

  const add = useCallback((events: Guided[]) => {
    setGuided((old) => new Map([...old, ...events.map((event) => [event.seq, event] as const)]));
  }, []);
  const load = useCallback(
    () =>
      void client.tasks
        .events(taskId, { type: ["chat:guided"], limit: 200 })
        .then(({ items }) => add(items.filter(isGuided)), asTaskroomError),
    [client, taskId, add],
  );
  useEffect(load, [load]);
  useRoomEvent(room, "history:reset", load);
  useRoomEvent(room, "chat:guided", (event) => add([event]));

  const guide = useCallback(
    async (content: string) => {
      const { turnId } = await room.guide(content);
      setSent((old) => [...old, { turnId, content }]);
    },
    [room],
  );
  const guidance = useMemo(() => byTurn(guided, sent), [guided, sent]);
  return useMemo(() => ({ guidance, guide }), [guidance, guide]);
}

function byTurn(guided: ReadonlyMap<number, Guided>, sent: Sent[]): Map<string, Guidance[]> {
  const all = new Map<string, Guidance[]>();
  const put = (turnId: string, one: Guidance) => all.set(turnId, [...(all.get(turnId) ?? []), one]);
  const known = [...guided.values()].sort((a, b) => a.seq - b.seq);
  for (const { seq, data } of known) put(data.turnId, { key: String(seq), ...data });
  const answered = known.map(({ data }) => data);
  sent.forEach(({ turnId, content }, index) => {
    const i = answered.findIndex((one) => one.turnId === turnId && one.content === content);
    if (i >= 0) answered.splice(i, 1);
    else put(turnId, { key: `sent ${index}`, content, outcome: "waiting" });
  });
  return all;
}

function isGuided(event: LogEvent): event is Guided {
  return event.type === "chat:guided";
}
