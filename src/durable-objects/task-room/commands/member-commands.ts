import { type Member, removeMember, setMember } from "../../../engine/task/members";
import { CLOSE } from "../../../protocol/close-codes";
import { accepted, type Outcome } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import type { Page } from "../../../protocol/rest/page";
import type { Version } from "../../user-room/tasks/version";
import type { Desk } from "../desk";
import { permit } from "./permit";
import { setTyping } from "./socket-commands";
import { listed } from "./task-commands";

/** In the order of their ids; a task has at most `LIMITS.members`, so one page holds all. */
export function readMembers(desk: Desk, principal: Principal): Outcome<Page<Member>> {
  const permitted = permit(desk, principal, "watch");
  if (!permitted.ok) return permitted;
  const { members } = permitted.value.room;
  const items = Object.entries(members).map(([userId, role]) => ({ userId, role }));
  items.sort((a, b) => (a.userId < b.userId ? -1 : 1));
  return accepted({ items, nextCursor: null });
}

export async function putMember(
  desk: Desk,
  principal: Principal,
  member: Member,
): Promise<Outcome<Member>> {
  const permitted = permit(desk, principal, "own");
  if (!permitted.ok) return permitted;
  const done = desk.perform((draft) => setMember(draft, member));
  if (!done.ok) return done;
  if (member.role === "viewer") stopTyping(desk, member.userId);
  await listed(desk);
  return done;
}

/**
 * Owners remove others; anyone may leave. The removed one's sockets close with 4403. Gives as of when
 * that is so: by that the home knows it from what comes later.
 */
export async function dropMember(
  desk: Desk,
  principal: Principal,
  userId: string,
): Promise<Outcome<Version | null>> {
  const leaves = userId === principal.userId;
  const permitted = permit(desk, principal, leaves ? "leave" : "own");
  if (!permitted.ok) return permitted;
  const done = desk.perform((draft) => removeMember(draft, userId));
  if (!done.ok) return done;
  const left = leftAt(desk, userId);
  for (const connection of desk.connections.all()) {
    if (connection.principal.userId === userId) connection.close(CLOSE.removed, "access removed");
  }
  await listed(desk);
  return accepted(left);
}

function leftAt({ room }: Desk, userId: string): Version | null {
  const { left = {} } = room ?? {};
  const seq = Object.hasOwn(left, userId) ? left[userId] : undefined;
  return room && seq !== undefined ? { epoch: room.state.task.epoch, seq } : null;
}

/** Who may not send may not say either that it is over. */
function stopTyping(desk: Desk, userId: string): void {
  for (const connection of desk.connections.all()) {
    if (connection.principal.userId === userId) setTyping(desk, connection, false);
  }
}
