import { useEffect, useState } from "preact/hooks";
import type { LogEvent } from "../../client";
import { useAccount } from "../state/account";
import { asTaskroomError } from "../state/use-action";
import { useRoomEvent } from "../state/use-event";
import { useRoom } from "./room-scope";

type Guided = Extract<LogEvent, { type: "chat:guided" }>;
const SHOWN = 20;

/** What became of the guidance of the turn that is open. */
export function Guidance({ turnId }: { turnId: string }) {
  const { client } = useAccount();
  const { room } = useRoom();
  const [guided, setGuided] = useState<Guided[]>([]);
  const add = (events: Guided[]) =>
    setGuided((old) => [
      ...old,
      ...events.filter(({ seq }) => old.every((known) => known.seq !== seq)),
    ]);

  useEffect(() => {
    client.tasks.events(room.taskId, { type: ["chat:guided"], limit: 200 }).then(({ items }) => {
      add(items.filter((event) => event.type === "chat:guided"));
    }, asTaskroomError);
  }, [client, room]);
  useRoomEvent(room, "chat:guided", (event) => add([event]));

  const own = guided.filter(({ data }) => data.turnId === turnId).slice(-SHOWN);
  return (
    <>
      {own.map(({ seq, data }) => (
        <p key={seq} class="quiet guided">
          {data.outcome === "applied" ? "Guidance taken up: " : "Guidance came too late, queued: "}
          {data.content}
        </p>
      ))}
    </>
  );
}
