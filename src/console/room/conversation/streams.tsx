import { useState } from "preact/hooks";
import type { Stream } from "../../../client";
import { useRoomEvent } from "../../state/use-event";
import { useSelected } from "../../state/use-selected";
import { useRoom } from "../room-scope";
import { Markdown } from "./markdown/markdown";
import { Speaker } from "./speaker";
import { Thinking } from "./thinking";
import { type ToolUse, ToolUses } from "./tool-uses";

const NONE: Stream[] = [];

/** The texts that are being written: the one part that renders with every frame. */
export function Streams() {
  const { room } = useRoom();
  const streams = useSelected(room, (snapshot) => snapshot.room?.streams ?? NONE);
  const tools = useLiveTools();
  return (
    <>
      {streams.map((stream) => (
        <StreamView
          key={`${stream.messageId} ${stream.attempt}`}
          stream={stream}
          tools={tools.get(stream.messageId) ?? []}
        />
      ))}
    </>
  );
}

function StreamView({ stream, tools }: { stream: Stream; tools: ToolUse[] }) {
  const { turns } = useRoom();
  const { text, thinking, turnId, step, attempt } = stream;
  const turn = turns.turns.find(({ id }) => id === turnId);
  const bot = turn?.steps.find((known) => known.step === step)?.bot ?? "assistant";
  return (
    <div class="message assistant streaming" data-message={stream.messageId}>
      <div class="row spread">
        <Speaker name={bot} by="assistant" />
        {attempt > 1 && <span class="quiet">attempt {attempt}</span>}
      </div>
      <Thinking text={thinking} isWriting={text === ""} />
      <ToolUses tools={tools} />
      {text === "" ? (
        <p class="caret-alone">
          <span class="sr-only">The answer is on its way</span>
        </p>
      ) : (
        <Markdown text={text} isWriting />
      )}
    </div>
  );
}

/** Calls of the attempt that is at work; the finished message has them in its metadata. */
function useLiveTools(): ReadonlyMap<string, ToolUse[]> {
  const { room } = useRoom();
  const [tools, setTools] = useState<ReadonlyMap<string, ToolUse[]>>(new Map());
  const set = (messageId: string, next: (old: ToolUse[]) => ToolUse[]) =>
    setTools((old) => new Map(old).set(messageId, next(old.get(messageId) ?? [])));

  useRoomEvent(room, "chat:start", ({ data }) => set(data.messageId, () => []));
  useRoomEvent(room, "tool:call", ({ data: { messageId, toolCallId, name, input } }) =>
    set(messageId, (old) => [...old, { toolCallId, name, input }]),
  );
  useRoomEvent(room, "tool:result", ({ data: { messageId, toolCallId, output, error } }) =>
    set(messageId, (old) =>
      old.map((tool) =>
        tool.toolCallId === toolCallId ? { ...tool, output, ...(error && { error }) } : tool,
      ),
    ),
  );
  return tools;
}
