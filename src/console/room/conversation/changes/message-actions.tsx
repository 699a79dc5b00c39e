import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import type { Message, RoomConnection } from "../../../../client";
import { Button } from "../../../parts/button";
import { CopyButton } from "../../../parts/copy-button";
import { useSelected } from "../../../state/use-selected";
import { useRoom } from "../../room-scope";
import { mayEdit, type Rights } from "../use-rights";
import type { Standing } from "../use-standings";
import { ForkButton } from "./fork-button";
import { RegenerateButton } from "./regenerate-button";
import { VersionSwitch } from "./version-switch";

type Props = Standing & {
  message: Message;
  room: RoomConnection;
  rights: Rights;
  isOld: boolean;
  editButton: RefObject<HTMLButtonElement | null>;
};

/** What can be done with a message; of old ones, of which there may be thousands, only when asked. */
export function MessageActions(props: Props) {
  const { message, isOld, hasVersions, showsEarlier } = props;
  const [isShown, setIsShown] = useState(!isOld);
  return (
    <div class="row tight wrap message-actions">
      {hasVersions && <VersionSwitch message={message} />}
      {!showsEarlier && isShown && <Actions {...props} />}
      {!isShown && (
        <Button kind="quiet" label="What can be done with it" onClick={() => setIsShown(true)}>
          ⋯
        </Button>
      )}
    </div>
  );
}

function Actions({ message, room, rights, isRepeatable, editButton }: Props) {
  const { edit } = useRoom();
  // One at a time: what is written in the other would be lost.
  const isOther = useSelected(edit, (open) => open !== undefined);
  return (
    <>
      {message.content !== "" && <CopyButton text={message.content} label="Copy the message" />}
      {mayEdit(message, rights) && (
        <Button
          kind="quiet"
          buttonRef={editButton}
          disabled={isOther}
          onClick={() => edit.begin(message)}
        >
          Edit
        </Button>
      )}
      {isRepeatable && rights.mayAct && <RegenerateButton turnId={message.turnId} room={room} />}
      {rights.mayFork && <ForkButton message={message} />}
    </>
  );
}
