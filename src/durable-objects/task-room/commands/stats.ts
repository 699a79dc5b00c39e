import { activeTurn, waitingTurns } from "../../../engine/turn/room";
import { accepted, type Outcome } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import type { TaskStats } from "../../../protocol/rest/stats";
import type { Desk } from "../desk";
import { permit } from "./permit";

export function readStats(desk: Desk, principal: Principal): Outcome<TaskStats> {
  const permitted = permit(desk, principal, "watch");
  if (!permitted.ok) return permitted;
  const { room } = permitted.value;
  const active = activeTurn(room);
  const sessions = new Set(
    desk.connections.all().flatMap(({ attached }) => attached.sessionId ?? []),
  );
  return accepted({
    ...desk.store.turns.totals(),
    ...(active && { activeTurnId: active.id }),
    queueLength: waitingTurns(room).length,
    connections: desk.connections.size,
    sessions: sessions.size,
    headSeq: room.state.task.headSeq,
    outboxLag: desk.feeds.lag,
  });
}
