import type { RoomState, Stream } from "../../protocol/room-state";
import type { Task } from "../../protocol/task";
import type { Turn } from "../../protocol/turn";
import { isActive } from "../turn/transitions";
import { percentOf, waiting } from "./fold";

/** A room's state from what is stored: the rest of it follows from the turns and the log's head. */
export function restoredState(
  stored: Omit<Task, "headSeq" | "activeTurnId" | "waitingFor">,
  headSeq: number,
  openTurns: Turn[],
): RoomState {
  const active = openTurns.find((turn) => isActive(turn.status));
  const task: Task = {
    ...stored,
    headSeq,
    ...(active && { progress: percentOf(active), activeTurnId: active.id }),
    ...waiting(active),
  };
  return { task, openTurns, streams: openTurns.flatMap(streamsOf), messages: [] };
}

/** What was being written; its text died with the object, and the next attempt supersedes it. */
function streamsOf(turn: Turn): Stream[] {
  return turn.steps.flatMap(({ status, messageId, step, attempt }) =>
    status === "RUNNING" && messageId
      ? [{ turnId: turn.id, messageId, step, attempt, text: "", thinking: "" }]
      : [],
  );
}
