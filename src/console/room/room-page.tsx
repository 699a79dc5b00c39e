import { useEffect, useState } from "preact/hooks";
import type { RoomConnection } from "../../client";
import { LogsView } from "../logs/logs-view";
import { usePageTitle } from "../parts/page-title";
import { StepsView } from "../pipeline/steps-view";
import type { RoomView } from "../routing/route";
import { recoveryStore } from "../sign-in/token-store";
import { EXPIRED, useAccount } from "../state/account";
import { useSelected } from "../state/use-selected";
import { Conversation } from "./conversation/conversation";
import { useReadHere } from "./conversation/use-read-here";
import { EndedNotice } from "./ended-notice";
import { RoomHeader } from "./header/room-header";
import { RoomScope } from "./room-scope";

type Props = { taskId: string; view: RoomView };

/** One task's room: one connection for all its views. */
export function RoomPage({ taskId, view }: Props) {
  const { client } = useAccount();
  const [room, setRoom] = useState<RoomConnection>();
  useEffect(() => {
    const connection = client.connect(taskId, { recovery: recoveryStore(taskId) });
    setRoom(connection);
    return () => connection.close();
  }, [client, taskId]);
  return room ? <Room room={room} view={view} /> : null;
}

function Room({ room, view }: { room: RoomConnection; view: RoomView }) {
  const { signOut } = useAccount();
  const title = useSelected(room, (snapshot) => snapshot.room?.task.title);
  const ended = useSelected(room, ({ connection }) =>
    connection.state === "closed" ? connection : undefined,
  );
  usePageTitle(title ?? "Task");
  useReadHere(room.taskId);
  useEffect(() => {
    if (ended?.closed.code === "unauthorized") signOut(EXPIRED);
  }, [ended, signOut]);

  // Refused before there was anything to show.
  if (title === undefined) {
    return ended ? <EndedNotice room={room} /> : <p class="quiet pad">Entering the room…</p>;
  }
  return (
    <RoomScope room={room}>
      <div class="room">
        <RoomHeader view={view} />
        {ended && <EndedNotice room={room} />}
        {view === "conversation" && <Conversation />}
        {view === "steps" && <StepsView />}
        {view === "logs" && <LogsView />}
      </div>
    </RoomScope>
  );
}
