import type { Ref } from "../../protocol/refs";
import type { AppContext } from "../../worker/context";
import { answerOf, once, taskRoom } from "../../worker/rooms/ask";
import { begunOf, readTurn } from "./contexts";
import { Fault } from "./fault";
import { withHistory } from "./history";
import { type Begun, isOver, readUntil, type Until } from "./reading";
import type { WireTask } from "./wire";

/** The whole task: as it is now, or once it is over or somebody is to answer. */
export async function wholeTask(
  c: AppContext,
  begun: Begun,
  { until, historyLength }: { until: Until; historyLength?: number | undefined },
): Promise<WireTask> {
  const { task } = await readUntil(c, begun, until);
  return withHistory(c, begun, task, historyLength);
}

/** Stops a turn. One that was stopped before is as it is wanted. */
export async function cancel(c: AppContext, team: Ref, id: string): Promise<WireTask> {
  const begun = await begunOf(c, team, id);
  const { task, turn } = begun;
  if (!isOver(turn)) {
    const room = taskRoom(c.env, task.id);
    const stopped = await once(() => room.interruptTurn(c.var.principal, turn.id));
    // It may have ended of itself meanwhile.
    if (!stopped.ok && stopped.refusal.code !== "invalid_transition") answerOf(stopped);
  }
  const now = { task, turn: await readTurn(c, task, turn.id) };
  if (now.turn.status === "COMPLETED" || now.turn.status === "FAILED") {
    throw new Fault("notCancelable", "The task is over");
  }
  return wholeTask(c, now, { until: "now" });
}

/** A turn that is not over. Throws the protocol's error for one that is. */
export async function openTask(c: AppContext, team: Ref, id: string): Promise<Begun> {
  const begun = await begunOf(c, team, id);
  if (!isOver(begun.turn)) return begun;
  throw new Fault("unsupported", "The task is over: GetTask has what it came to");
}
