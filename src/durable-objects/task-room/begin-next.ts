import { resolveTeam } from "../../agents/resolve";
import { systemFinder } from "../../agents/system-resources";
import { beginTurn, failBegin } from "../../engine/begin";
import type { Outcome } from "../../protocol/errors";
import type { Ref } from "../../protocol/refs";
import type { TeamPlan } from "../../protocol/team-plan";
import type { Desk } from "./desk";
import type { Doors } from "./doors";

/** The team as its references resolve now. Rejects where they can't be looked up. */
export function planFor(doors: Doors, teamRef: Ref): Promise<Outcome<TeamPlan>> {
  return resolveTeam(teamRef, systemFinder(doors.settings), doors.settings);
}

/** Starts the queue's next turn with the team as it is now, or as it was where D1 is down. */
export async function beginNext(desk: Desk): Promise<void> {
  const { room } = desk;
  if (!room) return;
  const plan = await planFor(desk.doors, room.state.task.teamRef).catch(() => known(desk));
  desk.doors.fault("before begin");
  if (plan?.ok) {
    const { value } = plan;
    desk.perform((draft) => beginTurn(draft, value));
  } else {
    const message = "The task's team can no longer be resolved.";
    desk.perform((draft) => failBegin(draft, { code: "model_rejected", message }));
  }
}

function known({ room }: Desk): Outcome<TeamPlan> | undefined {
  const plan = room?.plans[room.planId];
  return plan && { ok: true, value: plan };
}
