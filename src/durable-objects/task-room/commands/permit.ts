import { type Action, mayAct } from "../../../engine/task/permissions";
import { type Room, roleOf } from "../../../engine/turn/room";
import { tooDeep } from "../../../protocol/depth";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import type { Principal, Role } from "../../../protocol/identity";

const NOT_FOUND = refuse("not_found", "There is no such task.");
const COMES_BACK = refuse(
  "conflict",
  "A turn of this task is at work on what makes this call, and would wait for itself.",
);

/** The room and the caller's role in it, or why the caller may not act so. */
export function permit(
  { room }: { room: Room | undefined },
  principal: Principal,
  action: Action,
): Outcome<{ room: Room; role: Role }> {
  const role = room && roleOf(room.members, principal.userId);
  // What a caller may not see answers like what does not exist.
  if (!room || !role) return refused(NOT_FOUND);
  const isTooDeep = action === "watch" ? undefined : tooDeep(principal.descent);
  if (isTooDeep) return refused(isTooDeep);
  const comesBack = principal.descent?.tasks.includes(room.state.task.id);
  if (comesBack && action !== "watch") return refused(COMES_BACK);
  if (mayAct(principal, role, action)) return accepted({ room, role });
  return refused(refuse("forbidden", `As ${role} with scope ${principal.scope} you may not.`));
}
