import { useMemo } from "preact/hooks";
import type { RoomConnection } from "../../../../client";
import { useAccount } from "../../../state/account";
import { useRoomEvent } from "../../../state/use-event";
import { FormerMessages } from "./former-messages";
import { OpenEdit } from "./open-edit";

const PAGE = 100;

export type KnownChanges = { former: FormerMessages; edit: OpenEdit };

/** What a room's conversation was before, and what of it is being changed. */
export function useChanges(room: RoomConnection): KnownChanges {
  const { client } = useAccount();
  const changes = useMemo(() => {
    const load = (cursor: string | undefined) =>
      client.tasks.messages(room.taskId, {
        ...{ superseded: true, limit: PAGE },
        ...(cursor !== undefined && { cursor }),
      });
    return { former: new FormerMessages(load), edit: new OpenEdit() };
  }, [client, room]);
  const { former } = changes;
  useRoomEvent(room, "messages:superseded", ({ data: { messageIds, by } }) => {
    former.supersede(messageIds, by);
  });
  // What is being answered is looked at, whatever was before.
  useRoomEvent(room, "chat:start", ({ data: { turnId } }) => former.choose(turnId, undefined));
  useRoomEvent(room, "history:reset", () => former.forget());
  useRoomEvent(room, "session:ready", ({ data: { state } }) => {
    if (state) former.forget();
  });
  return changes;
}
