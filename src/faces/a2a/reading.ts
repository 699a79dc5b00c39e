import type { Task } from "../../protocol/task";
import type { Turn } from "../../protocol/turn";
import type { AppContext } from "../../worker/context";
import { publicOrigin } from "../../worker/public-url";
import { roomOf } from "../room-of";
import type { TurnItem } from "../turn-view/item";
import { TurnReading } from "../turn-view/reading";
import { turnView } from "../turn-view/turn-view";
import { a2aTaskId, contextIdOf } from "./ids";
import { STATE_OF, type TaskFacts, TaskFrames } from "./task-frames";
import type { StreamResponse } from "./wire";

/** A turn and the task that it is in. */
export type Begun = { task: Task; turn: Turn };

const OVER = new Set<Turn["status"]>(["COMPLETED", "FAILED", "INTERRUPTED"]);

export function isOver({ status }: Turn): boolean {
  return OVER.has(status);
}

export function factsOf(c: AppContext, { task, turn }: Begun): TaskFacts {
  return {
    origin: publicOrigin(c),
    id: a2aTaskId({ taskId: task.id, turnId: turn.id }),
    contextId: contextIdOf(task),
  };
}

export type Until = "now" | "asked or over";

/** The turn as it is now; or once it is over or somebody is to answer. */
export async function readUntil(c: AppContext, begun: Begun, until: Until): Promise<TaskFrames> {
  const frames = new TaskFrames(factsOf(c, begun), begun.turn);
  let isLive = false;
  for await (const item of itemsOf(c, begun, c.req.raw.signal)) {
    frames.read(item);
    isLive ||= item.type === "live";
    if (frames.isOver || (isLive && (until === "now" || frames.waiting))) break;
  }
  return frames;
}

/**
 * The whole task as it is, then what changes, until it is over or, later than at its beginning, somebody is to answer.
 * `asks`: whether it ends at its beginning too, where somebody is to answer.
 */
export async function* responses(
  frames: TaskFrames,
  items: AsyncIterable<TurnItem>,
  { asks }: { asks: boolean },
): AsyncGenerator<StreamResponse, void> {
  let isTold = false;
  for await (const item of items) {
    const updates = frames.read(item);
    if (isTold) {
      yield* updates;
      if (frames.isOver || item.type === "waiting") return;
    } else if (item.type === "live" || frames.isOver) {
      isTold = true;
      yield { task: frames.task };
      if (frames.isOver || (asks && frames.waiting)) return;
    }
  }
}

/** What happens in a turn; of one that is over what is kept, without a feed. */
export async function* itemsOf(
  c: AppContext,
  { task, turn }: Begun,
  signal: AbortSignal,
): AsyncGenerator<TurnItem, void> {
  const room = roomOf(c, task.id);
  if (!isOver(turn)) {
    yield* turnView(room, turn, signal);
    return;
  }
  const reading = new TurnReading(turn);
  yield reading.begin();
  yield* reading.atRest(turn, await room.answers(turn));
}

/** A turn's state in the protocol's words. */
export function stateOf({ status }: Turn) {
  return STATE_OF[status];
}
