import { type Stream, streamUses } from "../../../client";
import { useSelected } from "../../state/use-selected";
import { useRoom } from "../room-scope";
import { Speaker } from "./speaker";
import { Thinking } from "./thinking";
import { LiveUses } from "./tools/live-uses";
import { liveUse, type ShownUse } from "./tools/shown-use";
import { Told } from "./tools/told";
import { type Progress, useToolProgress } from "./tools/use-tool-progress";

const NONE: Stream[] = [];

/** The texts that are being written: the one part that renders with every frame. */
export function Streams() {
  const { room } = useRoom();
  const streams = useSelected(room, (snapshot) => snapshot.room?.streams ?? NONE);
  const progress = useToolProgress(room);
  return (
    <>
      {streams.map((stream) => (
        <StreamView key={stream.messageId} stream={stream} progress={progress} />
      ))}
    </>
  );
}

type Props = { stream: Stream; progress: ReadonlyMap<string, Progress> };

function StreamView({ stream, progress }: Props) {
  const { turns } = useRoom();
  const { text, thinking, turnId, attempt } = stream;
  const turn = turns.turns.find(({ id }) => id === turnId);
  const step = turn?.steps.find((known) => known.step === stream.step);
  const uses = streamUses(stream).map((call) => liveUse(call, step?.status !== "RETRYING"));
  const waits = uses.some(isOpen) || step?.status === "WAITING" || step?.status === "RETRYING";
  // What was said before a tool was used is not being written any more.
  const isSilent = text.length <= (uses.at(-1)?.textOffset ?? 0);
  return (
    <div class="message assistant streaming" data-message={stream.messageId}>
      <div class="row spread">
        <Speaker name={step?.bot ?? "assistant"} by="assistant" />
        {attempt > 1 && <span class="quiet">attempt {attempt}</span>}
      </div>
      <Thinking text={thinking} isWriting={text === "" && !waits} />
      <Told
        text={text}
        uses={uses}
        isWriting
        cards={(made) => <LiveUses stream={stream} uses={made} progress={progress} />}
      />
      {isSilent && !waits && (
        <p class="caret-alone">
          <span class="sr-only">The answer is on its way</span>
        </p>
      )}
    </div>
  );
}

function isOpen({ output, error }: ShownUse): boolean {
  return output === undefined && error === undefined;
}
