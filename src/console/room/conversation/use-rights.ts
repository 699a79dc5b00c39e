import { useMemo } from "preact/hooks";
import type { Message } from "../../../client";
import { useAccount } from "../../state/account";
import { useSelected } from "../../state/use-selected";
import { useRoom } from "../room-scope";

/** What the user may do with messages; the same object for as long as it stays so. */
export type Rights = {
  mayAct: boolean;
  isOwner: boolean;
  /** Whoever may read may go on in a task of their own. */
  mayFork: boolean;
  userId: string | undefined;
};

export function useRights(): Rights {
  const { room } = useRoom();
  const { me } = useAccount();
  const role = useSelected(room, (s) => s.room?.task.role);
  const isOver = useSelected(room, (s) => s.room?.task.status === "CANCELLED");
  return useMemo(
    () => ({
      mayAct: role !== "viewer" && !isOver,
      isOwner: role === "owner",
      mayFork: me.scope !== "read",
      userId: me.userId,
    }),
    [role, isOver, me.scope, me.userId],
  );
}

/** The sender and an owner may say something else in a message's place; what was brought along stays. */
export function mayEdit({ role, author, imported }: Message, rights: Rights): boolean {
  if (role !== "user" || imported || !rights.mayAct) return false;
  return rights.isOwner || (author !== undefined && author.userId === rights.userId);
}
