import { useSelected } from "../../state/use-selected";
import { useRoom } from "../room-scope";

/** What was written but not stored yet: it is sent by itself as soon as there is a connection. */
export function Unsent() {
  const { room } = useRoom();
  const unsent = useSelected(room, (snapshot) => snapshot.unsent);
  return (
    <>
      {unsent.map(({ clientMessageId, content }) => (
        <div key={clientMessageId} class="message user unsent">
          <p class="quiet">Sending…</p>
          <div class="prewrap">{content}</div>
        </div>
      ))}
    </>
  );
}
