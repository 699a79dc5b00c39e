import { systemFinder } from "../../../agents/team/finder";
import { resolveTeam } from "../../../agents/team/resolve";
import { inTime } from "../../../platform/in-time";
import { describeError, logError } from "../../../platform/platform-log";
import { jsonBytes } from "../../../protocol/bytes";
import { type Outcome, refuse, refused } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import { LIMITS } from "../../../protocol/limits";
import type { Ref } from "../../../protocol/refs";
import type { TeamPlan } from "../../../resources/team-plan";
import type { Doors } from "../doors";
import { teamFinder } from "./team-finder";

/** Milliseconds that a task waits for D1 when it is made. */
const FIRST_LOOKUP_MS = 5000;

/** The team as its references resolve now, for a task of this user. Rejects where D1 is down. */
export async function planFor(
  doors: Doors,
  teamRef: Ref,
  userId: string,
): Promise<Outcome<TeamPlan>> {
  return bounded(
    await resolveTeam(teamRef, await teamFinder(doors, teamRef, userId), doors.settings),
  );
}

/**
 * The team of a new task, whose first turn looks it up again when it begins. What ships is there without
 * a look at D1; its stored form stands for it from then on.
 */
export async function firstPlan(
  doors: Doors,
  teamRef: Ref,
  { userId, requestId }: Principal,
  taskId: string,
): Promise<Outcome<TeamPlan>> {
  const shipped = await resolveTeam(teamRef, systemFinder(doors.settings), doors.settings);
  if (shipped.ok) return shipped;
  try {
    return await inTime(FIRST_LOOKUP_MS, () => planFor(doors, teamRef, userId));
  } catch (error) {
    logError("team_lookup_failed", { requestId, taskId, causes: describeError(error) });
    // What does not ship may well be there.
    return refused(refuse("unavailable", "The team cannot be looked up."));
  }
}

/** A plan is one row, whatever its team refers to. */
function bounded(plan: Outcome<TeamPlan>): Outcome<TeamPlan> {
  if (!plan.ok || jsonBytes(plan.value) <= LIMITS.planBytes) return plan;
  const issues = [{ path: "teamRef", message: "too large with all that it refers to" }];
  return refused(refuse("invalid_request", "The team cannot be used.", { issues }));
}
