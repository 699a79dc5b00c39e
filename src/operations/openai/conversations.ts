import { LIMITS } from "../../protocol/limits";
import type { Group } from "../operation";
import { conversationRequest } from "./conversation-request";
import { conversationId } from "./ids";
import { listItems } from "./queries";

const tag = "OpenAI";
const all = "/openai/v1/conversations";
const one = { tag, path: `${all}/{conversationId}`, params: { conversationId } } as const;

export const CONVERSATIONS = {
  create: {
    id: "openaiCreateConversation",
    tag,
    method: "post",
    path: all,
    summary: "Make a conversation",
    scope: "write",
    body: conversationRequest,
    bodyBytes: LIMITS.faceBodyBytes,
    besideTexts: LIMITS.createBodyBytes,
    status: 200,
    limit: "tasks",
  },
  read: {
    ...one,
    id: "openaiReadConversation",
    method: "get",
    summary: "Read a conversation",
    scope: "read",
    status: 200,
  },
  remove: {
    ...one,
    id: "openaiDeleteConversation",
    method: "delete",
    summary: "Erase a conversation",
    scope: "write",
    status: 200,
  },
  items: {
    ...one,
    id: "openaiListConversationItems",
    method: "get",
    path: `${one.path}/items`,
    summary: "List what was said in a conversation",
    scope: "read",
    query: listItems,
    status: 200,
  },
} as const satisfies Group;
