import { AssistantRuntimeProvider, MessagePrimitive, ThreadPrimitive } from "@assistant-ui/react";
import { AssistantChatTransport, useChatRuntime } from "@assistant-ui/react-ai-sdk";
import type { UIMessage } from "ai";
import { createRoot } from "react-dom/client";

const id = location.hash.slice(1);
const headers = { Authorization: `Bearer ${localStorage.getItem("token")}` };
const transport = new AssistantChatTransport({
  api: "/ai-sdk/chat",
  headers,
  // Its own list of threads would name the chat anew for each page that is opened.
  prepareSendMessagesRequest: ({ body, messages, trigger, messageId }) => ({
    body: { ...body, id, messages, trigger, messageId },
  }),
});

function Message() {
  return (
    <MessagePrimitive.Root>
      <article>
        <MessagePrimitive.Parts />
      </article>
    </MessagePrimitive.Root>
  );
}

/** assistant-ui's runtime as it is, on a conversation that is there. */
function Page({ messages }: { messages: UIMessage[] }) {
  const runtime = useChatRuntime({ id, transport, messages });
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <ThreadPrimitive.Root>
        <ThreadPrimitive.Viewport>
          <ThreadPrimitive.Messages components={{ Message }} />
        </ThreadPrimitive.Viewport>
      </ThreadPrimitive.Root>
      <button type="button" onClick={() => runtime.thread.append("and now?")}>
        Ask
      </button>
    </AssistantRuntimeProvider>
  );
}

const path = `/ai-sdk/chat/${encodeURIComponent(id)}/messages`;
const { messages } = await (await fetch(path, { headers })).json();
createRoot(document.body.querySelector("#root") ?? document.body).render(
  <Page messages={messages} />,
);
