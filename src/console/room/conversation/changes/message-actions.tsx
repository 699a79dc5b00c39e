import { useState } from "preact/hooks";
import type { Message, RoomConnection } from "../../../../client";
import { Button } from "../../../parts/button";
import { CopyButton } from "../../../parts/copy-button";
import { mayEdit, type Rights } from "../use-rights";
import { ForkButton } from "./fork-button";
import { RegenerateButton } from "./regenerate-button";

type Props = {
  message: Message;
  room: RoomConnection;
  rights: Rights;
  isLast: boolean;
  isOld: boolean;
  onEdit: () => void;
};

/** What can be done with a message; of old ones, of which there may be thousands, only when asked. */
export function MessageActions({ message, room, rights, isLast, isOld, onEdit }: Props) {
  const [isShown, setIsShown] = useState(!isOld);
  if (!isShown) {
    return (
      <div class="row tight message-actions">
        <Button kind="quiet" label="What can be done with it" onClick={() => setIsShown(true)}>
          ⋯
        </Button>
      </div>
    );
  }
  return (
    <div class="row tight message-actions">
      {message.content !== "" && <CopyButton text={message.content} label="Copy the message" />}
      {mayEdit(message, rights) && (
        <Button kind="quiet" onClick={onEdit}>
          Edit
        </Button>
      )}
      {rights.mayFork && <ForkButton message={message} />}
      {isLast && message.role === "assistant" && rights.mayAct && (
        <RegenerateButton turnId={message.turnId} room={room} />
      )}
    </div>
  );
}
