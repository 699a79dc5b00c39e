import type { LogEvent } from "../../protocol/events";
import type { RoomState, Stream } from "../../protocol/room-state";
import type { Task } from "../../protocol/task";
import type { StepStatus, Turn } from "../../protocol/turn";
import { isActive } from "../turn/transitions";
import { percentOf, streamsAfter, waiting } from "./fold";
import { isOfStream, keptStream } from "./rounds-fold";

const AT_WORK: StepStatus[] = ["RUNNING", "WAITING", "RETRYING"];

/**
 * A room's state from what is stored: the rest of it follows from the turns and the log's head, and from
 * the log's events since the rounds began that are gone on from.
 */
export function restoredState(
  stored: Omit<Task, "headSeq" | "activeTurnId" | "waitingFor">,
  headSeq: number,
  openTurns: Turn[],
  events: LogEvent[] = [],
): RoomState {
  const active = openTurns.find((turn) => isActive(turn.status));
  const streams = openTurns.flatMap((turn) => streamsOf(turn, events));
  const task: Task = {
    ...stored,
    headSeq,
    ...(active && { progress: percentOf(active), activeTurnId: active.id }),
    ...waiting(active, streams),
  };
  return { task, openTurns, streams, messages: [] };
}

/**
 * What was being written, as far as the log has it: the text of a running attempt died with the object,
 * and the next one supersedes it; what its rounds said stays. One that waits has a stream for that alone.
 */
function streamsOf(turn: Turn, events: LogEvent[]): Stream[] {
  return turn.steps.flatMap(({ status, messageId, step, attempt }) => {
    if (!messageId || !AT_WORK.includes(status)) return [];
    const begun = { turnId: turn.id, messageId, step, attempt, text: "", thinking: "" };
    const streams = events.filter(isOfStream).reduce(streamsAfter, [begun]);
    return status === "RUNNING" ? streams : streams.flatMap(keptStream);
  });
}
