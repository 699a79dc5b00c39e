import type { Message } from "../../../client";
import { Time } from "../../parts/time";
import { AttachedFiles } from "../files/attached-files";
import { CutOff } from "./cut-off";
import { MessageFacts } from "./message-facts";
import { Speaker } from "./speaker";
import { Thinking } from "./thinking";
import { type ShownUse, usesOf } from "./tools/shown-use";
import { Told } from "./tools/told";
import { ToolCard } from "./tools/tool-card";

/** Who says it, and when. */
export function MessageHead({ message }: { message: Message }) {
  const { role, author, bot, createdAt, threadId, note, replaces } = message;
  return (
    <div class="row spread">
      <Speaker name={author?.name ?? author?.userId ?? bot ?? role} by={role} />
      <span class="quiet">
        {threadId !== "main" && `${threadId} · `}
        {note && "note · "}
        {replaces !== undefined && "edited · "}
        <Time at={createdAt} />
      </span>
    </div>
  );
}

/** What it says, with what was thought, used and sent along. */
export function MessageBody({ message }: { message: Message }) {
  const { role, content, status, thinking } = message;
  return (
    <>
      <Thinking text={thinking} />
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
