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
  const mayWrite = me.scope !== "read";
  return useMemo(
    () => ({
      mayAct: mayWrite && role !== "viewer" && !isOver,
      isOwner: role === "owner",
      mayFork: mayWrite,
      userId: me.userId,
    }),
    [role, isOver, mayWrite, me.userId],
  );
}

/** The sender and an owner may say something else in a message's place; of what was brought along, owners. */
export function mayEdit({ role, author, imported }: Message, rights: Rights): boolean {
  if (role !== "user" || !rights.mayAct) return false;
  if (rights.isOwner) return true;
  return !imported && author !== undefined && author.userId === rights.userId;
}
