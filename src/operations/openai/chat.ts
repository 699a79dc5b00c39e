import { LIMITS } from "../../protocol/limits";
import type { Group } from "../operation";
import { chatRequest } from "./chat-request";

export const CHAT = {
  create: {
    id: "openaiCreateChatCompletion",
    tag: "OpenAI",
    method: "post",
    path: "/openai/v1/chat/completions",
    summary: "Have a conversation answered",
    scope: "write",
    body: chatRequest,
    bodyBytes: LIMITS.faceBodyBytes,
    besideTexts: LIMITS.createBodyBytes,
    status: 200,
    media: "text/event-stream",
    limit: "tasks",
  },
} as const satisfies Group;
