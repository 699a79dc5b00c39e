import { type Refusal, refuse } from "../../protocol/errors";
import type { Role } from "../../protocol/identity";
import { LIMITS } from "../../protocol/limits";
import type { Draft } from "../turn/draft";
import { cameIn, type MemberRoles, roleOf } from "../turn/room";
import { updateTask } from "./task-rules";

export type Member = { userId: string; role: Role };

/** Gives a user a role, or another one (contract section 3, members). The last owner stays owner. */
export function setMember(draft: Draft, { userId, role }: Member): Refusal | Member {
  const { members } = draft.room;
  if (role !== "owner" && isLastOwner(members, userId)) return lastOwner();
  if (!roleOf(members, userId) && Object.keys(members).length >= LIMITS.members) {
    return refuse("conflict", `A task has at most ${LIMITS.members} members.`);
  }
  changeMembers(draft, { ...members, [userId]: role });
  return { userId, role };
}

export function removeMember(draft: Draft, userId: string): Refusal | null {
  const { [userId]: _, ...rest } = draft.room.members;
  if (!roleOf(draft.room.members, userId)) return refuse("not_found", "There is no such member.");
  if (isLastOwner(draft.room.members, userId)) return lastOwner();
  changeMembers(draft, rest);
  return null;
}

/** Former members whose homes may still have to be told; the newest. */
const LEFT_KEPT = 2 * LIMITS.members;

/** Everyone who stays sees the task anew, with the own role in it. */
function changeMembers(draft: Draft, members: MemberRoles): void {
  const { room } = draft;
  const { left = {} } = room;
  const gone = Object.keys(room.members).filter((userId) => !roleOf(members, userId));
  const remembered = [
    ...Object.entries(left).filter(([userId]) => !roleOf(members, userId)),
    ...gone.map((userId) => [userId, draft.nextSeq] as const),
  ].slice(-LEFT_KEPT);
  const kept = Object.keys(members).map((userId) => [
    userId,
    roleOf(room.members, userId) ? (cameIn(room, userId) ?? 0) : draft.nextSeq,
  ]);
  draft.setRoom({
    members,
    since: Object.fromEntries(kept),
    left: Object.fromEntries(remembered),
  });
  updateTask(draft, {});
}

function isLastOwner(members: MemberRoles, userId: string): boolean {
  const owners = Object.keys(members).filter((id) => members[id] === "owner");
  return owners.length === 1 && owners[0] === userId;
}

function lastOwner(): Refusal {
  return refuse("conflict", "A task keeps at least one owner.");
}
