import { erasedAt } from "../../engine/task/ephemeral";
import { deadlines } from "../../engine/turn/deadlines";
import { RULES } from "../../engine/turn/limits";
import { activeTurn, type Room } from "../../engine/turn/room";
import { earliest } from "../alarm-time";
import type { FailedWork, Work } from "./failed-work";
import type { HeldRoom } from "./held-room";
import type { Connections } from "./live/connections";
import type { Feeds } from "./outbox/feeds";
import type { CleanUp } from "./store/clean-up";

type Sources = {
  held: Pick<HeldRoom, "room" | "buriedTaskId" | "deletedAt">;
  feeds: Pick<Feeds, "dueTimes">;
  cleanUp: Pick<CleanUp, "dueAt">;
  connections: Pick<Connections, "nextExpiry">;
  failedWork: Pick<FailedWork, "waitsUntil">;
};

/**
 * The earliest of all that an alarm can do something about; milliseconds since 1970. It follows from
 * the state; only the waits of work that failed are stored.
 */
export function wakeTime(sources: Sources, now: number): number | undefined {
  const { held, feeds, connections, failedWork } = sources;
  const { room, buriedTaskId, deletedAt } = held;
  const check = now + RULES.checkEveryMs;
  const times: number[] = [];
  // Until all of it is erased; then nothing may wake what is left.
  if (buriedTaskId !== undefined) times.push(nextErasure(now, deletedAt ?? 0));
  if (room) times.push(...workTimes(room, sources, check), ...feeds.dueTimes(check));
  if (room?.copying) times.push(failedWork.waitsUntil("copying") ?? check);
  const end = room && erasedAt(room);
  if (end !== undefined) times.push(notBefore(failedWork, "erasure", end));
  const expiry = connections.nextExpiry();
  if (expiry !== undefined) times.push(notBefore(failedWork, "expiry", expiry));
  return earliest(times);
}

/** Whether a person alone can make a room's turn go on. */
export function waitsForPerson(room: Room | undefined): boolean {
  return room !== undefined && activeTurn(room)?.status === "WAITING";
}

function workTimes(room: Room, { cleanUp, failedWork }: Sources, check: number): number[] {
  const known = (at: number | undefined) => (at === undefined ? [] : [at]);
  const times = deadlines(room).map(({ name, at }) =>
    name === "begin"
      ? (failedWork.waitsUntil("begin") ?? check)
      : notBefore(failedWork, "deadlines", at),
  );
  if (isAtWork(room)) {
    const failed = (["recover", "ends"] as const).flatMap((work) =>
      known(failedWork.waitsUntil(work)),
    );
    return [...times, ...failed, check];
  }
  // Clean-up can wait for a turn; to find out when it is due, a new instance reads all its turns.
  if (room.state.openTurns.length > 0 && !waitsForPerson(room)) return times;
  const cleanUpAt = known(cleanUp.dueAt).map((at) => notBefore(failedWork, "clean-up", at));
  return [...times, ...cleanUpAt];
}

/** Whether a runner is meant to work: whether there is one is looked at every so often. */
function isAtWork(room: Room): boolean {
  const turn = activeTurn(room);
  return turn?.status === "PROCESSING" && !turn.steps.some(({ status }) => status === "RETRYING");
}

function notBefore(failedWork: Sources["failedWork"], work: Work, at: number): number {
  return Math.max(at, failedWork.waitsUntil(work) ?? at);
}

const LONGEST_ERASURE_WAIT_MS = 10 * 60 * 1000;

/** When to go on with an erasure: after as long as it has taken so far. */
function nextErasure(now: number, deletedAt: number): number {
  const wait = Math.max(RULES.checkEveryMs, now - deletedAt);
  return now + Math.min(wait, LONGEST_ERASURE_WAIT_MS);
}
