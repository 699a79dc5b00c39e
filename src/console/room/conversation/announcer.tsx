import { useState } from "preact/hooks";
import { useRoomEvent } from "../../state/use-event";
import { filesText } from "../files/pending";
import { useRoom } from "../room-scope";

const SPOKEN = 300;

/** For screen readers: the answer once it is whole, not word by word. */
export function Announcer() {
  const { room } = useRoom();
  const [said, setSaid] = useState("");
  useRoomEvent(room, "chat:start", () => setSaid("An answer is being written."));
  useRoomEvent(room, "tool:approval", ({ data }) => {
    setSaid(`The tool ${data.name} waits for approval.`);
  });
  useRoomEvent(room, "chat:done", ({ data }) => {
    const { content, attachments = [] } = data.message;
    const files = attachments.length > 0 ? ` With ${filesText(attachments.length)}.` : "";
    setSaid(`Answered: ${content.slice(0, SPOKEN)}${files}`);
  });
  useRoomEvent(room, "chat:cancelled", () => setSaid("Stopped."));
  useRoomEvent(room, "task:error", ({ data }) => setSaid(`Failed: ${data.message}`));
  return (
    <p class="sr-only" role="status">
      {said}
    </p>
  );
}
