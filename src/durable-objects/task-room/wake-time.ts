import { deadlines } from "../../engine/turn/deadlines";
import { RULES } from "../../engine/turn/limits";
import type { HeldRoom } from "./held-room";
import type { Connections } from "./live/connections";
import type { Feeds } from "./outbox/feeds";
import type { CleanUp } from "./store/clean-up";

type Sources = {
  held: HeldRoom;
  feeds: Pick<Feeds, "dueTimes">;
  cleanUp: Pick<CleanUp, "dueAt">;
  connections: Pick<Connections, "nextExpiry">;
};

/** The earliest of all that is due in a room; milliseconds since 1970. Nothing of it is stored. */
export function wakeTime(
  { held, feeds, cleanUp, connections }: Sources,
  now: number,
): number | undefined {
  const { room, buriedTaskId, deletedAt } = held;
  const check = now + RULES.checkEveryMs;
  const times: number[] = [];
  // Until all of it is erased; then nothing may wake what is left.
  if (buriedTaskId !== undefined) times.push(nextErasure(now, deletedAt ?? 0));
  if (room) {
    times.push(...deadlines(room).map(({ at, name }) => (name === "begin" ? check : at)));
    // Clean-up can wait for a turn; to find out when it is due, a new instance reads all its turns.
    const inAnyCase = room.state.openTurns.length > 0 ? check : cleanUp.dueAt;
    if (inAnyCase !== undefined) times.push(inAnyCase);
    times.push(...feeds.dueTimes(check));
  }
  const expiry = connections.nextExpiry();
  if (expiry !== undefined) times.push(expiry);
  return times.length > 0 ? Math.min(...times) : undefined;
}

const LONGEST_ERASURE_WAIT_MS = 10 * 60 * 1000;

/** When to go on with an erasure: after as long as it has taken so far. */
function nextErasure(now: number, deletedAt: number): number {
  const wait = Math.max(RULES.checkEveryMs, now - deletedAt);
  return now + Math.min(wait, LONGEST_ERASURE_WAIT_MS);
}
