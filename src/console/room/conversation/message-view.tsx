import { useState } from "preact/hooks";
import type { Message, RoomConnection, Turn } from "../../../client";
import { Time } from "../../parts/time";
import { memo } from "../../state/memo";
import { GuidanceLines } from "../composer/guidance";
import { AttachedFiles } from "../files/attached-files";
import { EditForm } from "./changes/edit-form";
import { MessageActions } from "./changes/message-actions";
import { VersionsView } from "./changes/versions-view";
import { CutOff } from "./cut-off";
import { MessageFacts } from "./message-facts";
import { Speaker } from "./speaker";
import { Thinking } from "./thinking";
import { type ShownUse, usesOf } from "./tools/shown-use";
import { Told } from "./tools/told";
import { ToolCard } from "./tools/tool-card";
import { TurnEnd, tells } from "./turn-end";
import type { Rights } from "./use-rights";

type Props = {
  message: Message;
  turn: Turn | undefined;
  room: RoomConnection;
  rights: Rights;
  /** The newest of all: it can be answered anew. */
  isLast: boolean;
  /** Brought in from before: there may be thousands. */
  isOld: boolean;
  /** It took another answer's place. */
  isAgain: boolean;
};

export const MessageView = memo((props: Props) => {
  const { message, turn, room, isAgain } = props;
  const { role, author, bot, thinking, status, createdAt, threadId, note, replaces } = message;
  const [isEdited, setIsEdited] = useState(false);
  return (
    <li class={`message ${role} ${status}`} data-message={message.id}>
      <div class="row spread">
        <Speaker name={author?.name ?? author?.userId ?? bot ?? role} by={role} />
        <span class="quiet">
          {threadId !== "main" && `${threadId} · `}
          {note && "note · "}
          <Time at={createdAt} />
        </span>
      </div>
      <Thinking text={thinking} />
      {isEdited ? (
        <EditForm {...{ message, room }} onClose={() => setIsEdited(false)} />
      ) : (
        <Body message={message} />
      )}
      {turn && <GuidanceLines turnId={turn.id} />}
      {turn && tells(turn) && <TurnEnd turn={turn} room={room} />}
      {(replaces !== undefined || isAgain) && <VersionsView message={message} />}
      {!isEdited && <MessageActions {...props} onEdit={() => setIsEdited(true)} />}
    </li>
  );
});

function Body({ message }: { message: Message }) {
  const { role, content, status } = message;
  return (
    <>
      <Told text={content} uses={usesOf(message)} cards={(uses) => <KeptUses uses={uses} />} />
      <AttachedFiles files={message.attachments} />
      {status !== "complete" && (
        <p class="quiet">{status === "interrupted" ? "Stopped here." : "Broke off here."}</p>
      )}
      {role === "assistant" && <CutOff message={message} />}
      {role === "assistant" && <MessageFacts message={message} />}
    </>
  );
}

function KeptUses({ uses }: { uses: readonly ShownUse[] }) {
  return (
    <ul class="plain-list tools">
      {uses.map((use) => (
        <ToolCard key={use.key} use={use} />
      ))}
    </ul>
  );
}
