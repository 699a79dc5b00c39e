import { useRoom } from "taskroom/react";
import { Composer } from "./composer";
import { MessageView } from "./message-view";
import { StreamView } from "./stream-view";

/** A room: what was said, what is being written, what is on its way, and how the connection stands. */
export function ChatRoom({ taskId }: { taskId: string }) {
  const room = useRoom(taskId);
  const { connection, messages, streams, unsent, presence } = room;
  return (
    <main data-state={connection.state}>
      <h1>{room.room?.task.title ?? "…"}</h1>
      <p role="status">
        {connection.state === "closed" ? connection.closed.reason : connection.state},{" "}
        {presence.length} here
      </p>
      {room.hasOlder && (
        <button type="button" onClick={() => room.loadOlder().catch(() => undefined)}>
          Older messages
        </button>
      )}
      {messages.map((message) => (
        <MessageView key={message.id} message={message} />
      ))}
      {streams.map((stream) => (
        <StreamView key={stream.messageId} stream={stream} confirm={room.confirm} />
      ))}
      {unsent.map(({ clientMessageId, content }) => (
        <p key={clientMessageId}>{content} (on its way)</p>
      ))}
      <Composer room={room} />
    </main>
  );
}
