import { LIMITS } from "../../protocol/limits";
import type { Group } from "../operation";
import { responseId } from "./ids";
import { listItems, readResponse } from "./queries";
import { responseRequest } from "./response-request";

const tag = "OpenAI";
const all = "/openai/v1/responses";
const one = { tag, path: `${all}/{responseId}`, params: { responseId } } as const;
const media = "text/event-stream";

export const RESPONSES = {
  create: {
    id: "openaiCreateResponse",
    tag,
    method: "post",
    path: all,
    summary: "Have a message answered",
    scope: "write",
    body: responseRequest,
    bodyBytes: LIMITS.faceBodyBytes,
    besideTexts: LIMITS.createBodyBytes,
    status: 200,
    media,
    limit: "tasks",
  },
  read: {
    ...one,
    id: "openaiReadResponse",
    method: "get",
    summary: "Read a response, or go on with its stream",
    scope: "read",
    query: readResponse,
    status: 200,
    media,
  },
  cancel: {
    ...one,
    id: "openaiCancelResponse",
    method: "post",
    path: `${one.path}/cancel`,
    summary: "Stop a response",
    scope: "write",
    status: 200,
  },
  remove: {
    ...one,
    id: "openaiDeleteResponse",
    method: "delete",
    summary: "Erase a response that is all of its conversation",
    scope: "write",
    status: 200,
  },
  inputItems: {
    ...one,
    id: "openaiListInputItems",
    method: "get",
    path: `${one.path}/input_items`,
    summary: "List what a response answers",
    scope: "read",
    query: listItems,
    status: 200,
  },
} as const satisfies Group;
