import type { Message, RoomConnection, Turn } from "../../../client";
import { CopyButton } from "../../parts/copy-button";
import { Time } from "../../parts/time";
import { memo } from "../../state/memo";
import { GuidanceLines } from "../composer/guidance";
import { CutOff } from "./cut-off";
import { MessageFacts } from "./message-facts";
import { Speaker } from "./speaker";
import { Thinking } from "./thinking";
import { type ShownUse, usesOf } from "./tools/shown-use";
import { Told } from "./tools/told";
import { ToolCard } from "./tools/tool-card";
import { TurnEnd, tells } from "./turn-end";

type Props = { message: Message; turn: Turn | undefined; room: RoomConnection };

export const MessageView = memo(({ message, turn, room }: Props) => {
  const { role, author, bot, content, thinking, status, createdAt, threadId } = message;
  return (
    <li class={`message ${role} ${status}`} data-message={message.id}>
      <div class="row spread">
        <Speaker name={author?.name ?? author?.userId ?? bot ?? role} by={role} />
        <span class="row tight quiet">
          {threadId !== "main" && `${threadId} · `}
          <Time at={createdAt} />
          {content !== "" && <CopyButton text={content} label="Copy the message" />}
        </span>
      </div>
      <Thinking text={thinking} />
      <Told text={content} uses={usesOf(message)} cards={(uses) => <KeptUses uses={uses} />} />
      {status !== "complete" && (
        <p class="quiet">{status === "interrupted" ? "Stopped here." : "Broke off here."}</p>
      )}
      {role === "assistant" && <CutOff message={message} />}
      {role === "assistant" && <MessageFacts message={message} />}
      {turn && <GuidanceLines turnId={turn.id} />}
      {turn && tells(turn) && <TurnEnd turn={turn} room={room} />}
    </li>
  );
});

function KeptUses({ uses }: { uses: readonly ShownUse[] }) {
  return (
    <ul class="plain-list tools">
      {uses.map((use) => (
        <ToolCard key={use.key} use={use} />
      ))}
    </ul>
  );
}
