import type { Room } from "../../engine/turn/room";
import { type Level, type Levels, levelsOf } from "../../platform/levels";
import type { TurnStatus } from "../../protocol/turn";
import type { Connections } from "./live/connections";
import type { Feeds } from "./outbox/feeds";

type Seen = { room: Room | undefined; connections: Connections; feeds: Feeds };

/** How much of everything there is in a room now. A task that is gone has no turns and no outboxes. */
export function roomLevels({ room, connections, feeds }: Seen): Levels {
  return levelsOf([
    ...socketLevels(connections),
    ...(room ? [...turnLevels(room), ...failingOutboxes(feeds)] : []),
  ]);
}

function turnLevels({ state }: Room): Level[] {
  const among = (status: TurnStatus) =>
    state.openTurns.filter((turn) => turn.status === status).length;
  return [
    { level: "taskroom_turns_open", labels: { state: "queued" }, value: among("PENDING") },
    { level: "taskroom_turns_open", labels: { state: "working" }, value: among("PROCESSING") },
    { level: "taskroom_turns_open", labels: { state: "waiting" }, value: among("WAITING") },
  ];
}

function socketLevels(connections: Connections): Level[] {
  const all = connections.all();
  const sessions = new Set(all.flatMap(({ attached }) => attached.sessionId ?? []));
  return [
    ...(["task", "stream"] as const).map((room) => ({
      level: "taskroom_connections_open" as const,
      labels: { room },
      value: all.filter(({ kind }) => kind === room).length,
    })),
    { level: "taskroom_sessions_connected", labels: {}, value: sessions.size },
  ];
}

function failingOutboxes({ d1, users, meters }: Feeds): Level[] {
  const of = (destination: "d1" | "users" | "meters", { isFailing }: { isFailing: boolean }) => ({
    level: "taskroom_outboxes_failing" as const,
    labels: { destination },
    value: Number(isFailing),
  });
  return [of("d1", d1), of("users", users), of("meters", meters)];
}
