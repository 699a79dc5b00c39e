import type { UIMessage } from "ai";
import { createRoot } from "react-dom/client";
import { Chat } from "./chat";
import { authorization, chatId, token } from "./settings";

/** What was said before the page was loaded. */
async function earlier(): Promise<UIMessage[]> {
  const path = `/ai-sdk/chat/${encodeURIComponent(chatId())}/messages`;
  const answer = await fetch(path, { headers: authorization() });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).messages;
}

/** A token that has expired, or a service that is not there, is said on the page. */
async function chat() {
  try {
    return <Chat id={chatId()} messages={await earlier()} />;
  } catch (error) {
    return <p role="alert">What was said could not be read: {String(error)}</p>;
  }
}

const root = createRoot(document.body.querySelector("#root") ?? document.body);
if (token() === null) {
  root.render(<p>Run localStorage.setItem("token", …) with what `npm run token` prints.</p>);
} else {
  root.render(await chat());
}
