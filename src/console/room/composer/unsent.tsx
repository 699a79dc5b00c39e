import { useSelected } from "../../state/use-selected";
import { filesText } from "../files/pending";
import { useRoom } from "../room-scope";

/** What was written but not stored yet: it is sent by itself as soon as there is a connection. */
export function Unsent() {
  const { room } = useRoom();
  const unsent = useSelected(room, (snapshot) => snapshot.unsent);
  return (
    <>
      {unsent.map(({ clientMessageId, content, attachments = [] }) => (
        <div key={clientMessageId} class="message user unsent">
          <p class="quiet">Sending…</p>
          <div class="prewrap" dir="auto">
            {content}
          </div>
          {attachments.length > 0 && <p class="quiet">With {filesText(attachments.length)}</p>}
        </div>
      ))}
    </>
  );
}
