import { interruptTurn } from "../../protocol/rest/turn-actions";
import type { Face } from "../operation";
import { BOUNDS, chatId, chatRequest, listChatMessages } from "./chat-request";

const tag = "AI SDK";
const chat = { tag, params: { chatId } } as const;

/** The AI SDK's UI protocol (`ai` 7): `useChat` and its transports as they are. */
export const AI_SDK = {
  below: ["/ai-sdk"],
  via: "ai-sdk",
  groups: {
    chat: {
      send: {
        id: "aiSdkSend",
        tag,
        method: "post",
        path: "/ai-sdk/chat",
        summary: "Send the last message, or answers, and read the turn",
        scope: "write",
        body: chatRequest,
        bodyBytes: BOUNDS.bodyBytes,
        status: 200,
        media: "text/event-stream",
      },
      resume: {
        ...chat,
        id: "aiSdkResume",
        method: "get",
        path: "/ai-sdk/chat/{chatId}/stream",
        summary: "Read the open turn from its beginning",
        scope: "read",
        status: 200,
        media: "text/event-stream",
      },
      stop: {
        ...chat,
        id: "aiSdkStop",
        method: "post",
        path: "/ai-sdk/chat/{chatId}/stop",
        summary: "Stop the open turn",
        scope: "write",
        body: interruptTurn,
        status: 200,
      },
      messages: {
        ...chat,
        id: "aiSdkMessages",
        method: "get",
        path: "/ai-sdk/chat/{chatId}/messages",
        summary: "List a chat's messages as `useChat` keeps them",
        scope: "read",
        query: listChatMessages,
        status: 200,
      },
      socket: {
        id: "aiSdkSocket",
        tag,
        method: "get",
        path: "/ai-sdk/ws",
        summary: "Open the socket of `WebSocketChatTransport`",
        scope: "read",
        upgrade: true,
        sameOrigin: true,
        status: 101,
      },
    },
  },
} as const satisfies Face;
