import { useChat } from "@ai-sdk/react";
import { lastAssistantMessageIsCompleteWithApprovalResponses, type UIMessage } from "ai";
import { type FormEvent, useEffect, useState } from "react";
import { Part } from "./part";
import { bySocket } from "./settings";
import { stopTurn, transport } from "./transport";

/** Milliseconds between two tries to come back. */
const COME_BACK_MS = 1000;

export function Chat({ id, messages: earlier }: { id: string; messages: UIMessage[] }) {
  const [lost, setLost] = useState(0);
  const chat = useChat({
    id,
    transport,
    messages: earlier,
    // A turn that is under way when the page opens is shown from its beginning.
    resume: true,
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
    onFinish: ({ isDisconnect }) => isDisconnect && setLost((times) => times + 1),
  });
  const { messages, status, error, resumeStream } = chat;

  useEffect(() => {
    if (lost === 0) return;
    const timer = setTimeout(resumeStream, COME_BACK_MS);
    return () => clearTimeout(timer);
  }, [lost, resumeStream]);

  async function stop() {
    // A WebSocket says so itself.
    if (!bySocket) await stopTurn(id);
    await chat.stop();
  }

  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get("text") ?? "").trim();
    if (text !== "") chat.sendMessage({ text });
    form.reset();
  }

  return (
    <main data-status={status}>
      {messages.map((message) => (
        <article key={message.id} data-role={message.role} data-id={message.id}>
          {placed(message.parts).map(({ part, place }) => (
            <Part key={place} part={part} answer={chat.addToolApprovalResponse} />
          ))}
        </article>
      ))}
      {error && <p role="alert">{error.message}</p>}
      <form onSubmit={send}>
        <input name="text" aria-label="Message" autoComplete="off" />
        <button type="submit">Send</button>
        <button type="button" onClick={stop}>
          Stop
        </button>
      </form>
    </main>
  );
}

/** A message's parts only grow: each is known by its place. */
function placed(parts: UIMessage["parts"]) {
  return parts.map((part, place) => ({ part, place }));
}
