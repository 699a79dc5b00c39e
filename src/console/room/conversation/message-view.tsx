import { useEffect, useRef } from "preact/hooks";
import type { Message, RoomConnection } from "../../../client";
import { memo } from "../../state/memo";
import { GuidanceLines } from "../composer/guidance";
import { AnswerTo } from "./changes/answer-to";
import { EditForm } from "./changes/edit-form";
import { MessageActions } from "./changes/message-actions";
import { Followed, VersionView } from "./changes/version-view";
import { MessageBody, MessageHead } from "./message-body";
import { TurnEnd, tells } from "./turn-end";
import type { Rights } from "./use-rights";
import type { Standing } from "./use-standings";

type Props = Standing & {
  message: Message;
  room: RoomConnection;
  rights: Rights;
  /** Brought in from before: there may be thousands. */
  isOld: boolean;
};

export const MessageView = memo((props: Props) => {
  const { message, turn, room, question, isEdited } = props;
  const showsEarlier = props.hasVersions && props.showsEarlier;
  const { id, role, status } = message;
  const editButton = useRef<HTMLButtonElement>(null);
  useFocusAfter(isEdited, editButton);
  return (
    <li class={`message ${role} ${status}`} data-message={id}>
      {showsEarlier ? (
        <VersionView message={message} />
      ) : (
        <>
          <MessageHead message={message} />
          {question && <AnswerTo question={question} />}
          {isEdited ? <EditForm {...{ message, room }} /> : <MessageBody message={message} />}
          {turn && <GuidanceLines turnId={turn.id} />}
          {turn && tells(turn) && <TurnEnd turn={turn} room={room} />}
        </>
      )}
      {!isEdited && <MessageActions {...props} editButton={editButton} />}
      {showsEarlier && <Followed message={message} />}
    </li>
  );
});

/** Whoever gives an edit up is where it began. */
function useFocusAfter(isEdited: boolean, button: { current: HTMLButtonElement | null }): void {
  const was = useRef(isEdited);
  useEffect(() => {
    if (was.current && !isEdited) button.current?.focus({ preventScroll: true });
    was.current = isEdited;
  }, [isEdited, button]);
}
