import {
  type ChatTransport,
  DefaultChatTransport,
  type UIMessage,
  WebSocketChatTransport,
} from "ai";
import { authorization, bySocket, team, token } from "./settings";

const body = team === null ? {} : { team };

/** Over HTTP, or over one WebSocket whose token is in the list of subprotocols. */
export const transport: ChatTransport<UIMessage> = bySocket
  ? new WebSocketChatTransport({
      url: "/ai-sdk/ws",
      protocols: ["taskroom.v1", `taskroom.bearer.${token()}`],
      body,
    })
  : new DefaultChatTransport({ api: "/ai-sdk/chat", headers: authorization, body });

/** Over HTTP the client's own `stop` only stops reading: this stops the turn, for everybody. */
export async function stopTurn(chatId: string): Promise<void> {
  const path = `/ai-sdk/chat/${encodeURIComponent(chatId)}/stop`;
  await fetch(path, { method: "POST", headers: authorization() });
}
