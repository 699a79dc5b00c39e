import { useEffect, useRef, useState } from "preact/hooks";
import type { ConnectionStatus, RoomConnection } from "../../../client";
import { Button } from "../../parts/button";
import { useNow } from "../../state/use-now";
import { useSelected } from "../../state/use-selected";
import { useRoom } from "../room-scope";

const SHOWN_MS = 6000;

/** How the connection stands, and after a break what it took to be whole again. */
export function ConnectionPill() {
  const { room } = useRoom();
  const status = useSelected(room, (snapshot) => snapshot.connection);
  const caughtUp = useCaughtUp(room);
  const now = useNow(status.state === "waiting");
  const { text, tone } = told(status, now);
  return (
    <span class="row tight">
      <span class={`pill ${tone}`} role="status">
        {status.state === "open" && caughtUp ? caughtUp : text}
      </span>
      {status.state === "waiting" && (
        <Button kind="quiet" onClick={() => room.reconnectNow()}>
          Now
        </Button>
      )}
    </span>
  );
}

function told(status: ConnectionStatus, now: number): { text: string; tone: string } {
  switch (status.state) {
    case "open":
      return { text: "Live", tone: "good" };
    case "connecting":
      return { text: status.attempt > 1 ? "Reconnecting…" : "Connecting…", tone: "warn" };
    case "waiting": {
      const seconds = Math.max(0, Math.ceil((status.retryAt - now) / 1000));
      return { text: seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting…", tone: "warn" };
    }
    case "closed":
      return { text: "Disconnected", tone: "bad" };
  }
}

/** For a moment after a break: how many events of the log were missed and are there now. */
function useCaughtUp(room: RoomConnection): string | undefined {
  const [said, setSaid] = useState<string>();
  const position = useRef<{ headSeq: number; epoch: string }>(undefined);
  useEffect(() => {
    const heard = room.on("*", (event) => {
      if ("seq" in event && position.current) position.current.headSeq = event.seq;
    });
    const ready = room.on("session:ready", ({ data: { headSeq, epoch } }) => {
      const { current } = position;
      if (current?.epoch === epoch) {
        const missed = Math.max(0, headSeq - current.headSeq);
        setSaid(`Caught up: ${missed} ${missed === 1 ? "event" : "events"}`);
      }
      position.current = { headSeq, epoch };
    });
    const reset = room.on("history:reset", ({ data: { headSeq, epoch } }) => {
      setSaid("Caught up from a new snapshot");
      position.current = { headSeq, epoch };
    });
    const { room: state } = room.getSnapshot();
    if (state) position.current = { headSeq: state.task.headSeq, epoch: state.task.epoch };
    return () => {
      for (const stop of [heard, ready, reset]) stop();
    };
  }, [room]);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return said;
}
