import type { Stream } from "../../../../client";
import { useAccount } from "../../../state/account";
import { useSelected } from "../../../state/use-selected";
import { Decision } from "../../decision";
import { useRoom } from "../../room-scope";
import { ClientAnswerForm } from "./client-answer";
import type { ShownUse } from "./shown-use";
import { ToolCard } from "./tool-card";
import { type Progress, progressKey } from "./use-tool-progress";

type Props = {
  stream: Stream;
  uses: readonly ShownUse[];
  progress?: ReadonlyMap<string, Progress>;
};

/** Uses of an answer that is being written, with what each waits for. */
export function LiveUses({ stream, uses, progress }: Props) {
  return (
    <ul class="plain-list tools">
      {uses.map((use) => (
        <ToolCard key={use.key} use={use}>
          {use.state === "running" && use.place && (
            <ProgressLine
              name={use.name}
              last={progress?.get(progressKey({ ...stream, ...use.place }))}
            />
          )}
          {use.state === "asks" && <Approval stream={stream} use={use} />}
          {use.state === "with-client" && <ForClient stream={stream} use={use} />}
        </ToolCard>
      ))}
    </ul>
  );
}

function Approval({ stream: { turnId, step }, use }: { stream: Stream; use: ShownUse }) {
  const { room } = useRoom();
  const { name, toolCallId, place } = use;
  return (
    <Decision
      of={name}
      onAnswer={(answer) => room.confirm({ turnId, step, toolCallId, ...place, ...answer })}
    />
  );
}

/** The sender's program answers by itself; the sender and an owner may do so for it. */
function ForClient({ stream: { turnId }, use }: { stream: Stream; use: ShownUse }) {
  const { room } = useRoom();
  const { me } = useAccount();
  const { name, toolCallId, place } = use;
  const mayAnswer = useSelected(room, ({ room: state }) => {
    if (state?.task.role === "owner") return true;
    const turn = state?.openTurns.find(({ id }) => id === turnId);
    const asked = state?.messages.find(({ id }) => id === turn?.messageId);
    return asked?.author !== undefined && asked.author.userId === me.userId;
  });
  return (
    <>
      <p class="quiet">The program that sent the message has to carry it out.</p>
      {mayAnswer && (
        <ClientAnswerForm
          of={name}
          onAnswer={(answer) => room.output({ turnId, toolCallId, ...place, ...answer })}
        />
      )}
    </>
  );
}

/** How far a tool says it is; one that says nothing only works. */
function ProgressLine({ name, last }: { name: string; last: Progress | undefined }) {
  if (!last) return null;
  const { progress, total, message } = last;
  const isShare = progress !== undefined && total !== undefined && total > 0;
  return (
    <div class="row">
      {isShare && (
        <progress
          max={total}
          value={Math.min(progress, total)}
          aria-label={`Progress of ${name}`}
        />
      )}
      <span class="quiet">
        {progress !== undefined && (total === undefined ? progress : `${progress} of ${total}`)}{" "}
        {message}
      </span>
    </div>
  );
}
