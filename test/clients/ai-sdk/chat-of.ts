import { randomUUID } from "node:crypto";
import { Chat } from "@ai-sdk/react";
import {
  DefaultChatTransport,
  lastAssistantMessageIsCompleteWithApprovalResponses,
  lastAssistantMessageIsCompleteWithToolCalls,
  type UIMessage,
  WebSocketChatTransport,
} from "ai";
import { until } from "../../support/until";

export type Way = "HTTP" | "a socket";

export type Place = { url: string; token: string; team?: string };

type Options = {
  id?: string;
  messages?: UIMessage[];
  body?: object;
  onToolCall?: OnToolCall;
  /** Whether it sends answers by itself, once all are there. */
  sendsAnswers?: boolean;
};
type OnToolCall = NonNullable<ConstructorParameters<typeof Chat>[0]["onToolCall"]>;

/** The AI SDK's chat, unmodified, on one of its ways to a server. */
export function chatOf(way: Way, place: Place, options: Options = {}): Chat<UIMessage> {
  const { id = randomUUID(), messages = [], onToolCall, sendsAnswers = true } = options;
  const body = { ...(place.team && { team: place.team }), ...options.body };
  return new Chat<UIMessage>({
    id,
    messages,
    transport: way === "HTTP" ? overHttp(place, body) : overSocket(place, body),
    sendAutomaticallyWhen: (said) =>
      sendsAnswers &&
      (lastAssistantMessageIsCompleteWithApprovalResponses(said) ||
        lastAssistantMessageIsCompleteWithToolCalls(said)),
    ...(onToolCall && { onToolCall }),
  });
}

function overHttp({ url, token }: Place, body: object) {
  const headers = { Authorization: `Bearer ${token}` };
  return new DefaultChatTransport<UIMessage>({ api: `${url}/ai-sdk/chat`, headers, body });
}

function overSocket({ url, token }: Place, body: object) {
  const protocols = ["taskroom.v1", `taskroom.bearer.${token}`];
  return new WebSocketChatTransport<UIMessage>({ url: `${url}/ai-sdk/ws`, protocols, body });
}

export function textOf(message: UIMessage | undefined): string {
  return (message?.parts ?? []).map((part) => (part.type === "text" ? part.text : "")).join("");
}

export function toolsOf(message: UIMessage | undefined) {
  return (message?.parts ?? []).flatMap((part) => ("toolCallId" in part ? [part] : []));
}

/** Until the chat shows a text that has this in it. */
export function shows(chat: Chat<UIMessage>, words: string): Promise<unknown> {
  return until(`the chat shows "${words}"`, () => textOf(chat.messages.at(-1)).includes(words));
}

export function isAt(chat: Chat<UIMessage>, status: Chat<UIMessage>["status"]): Promise<unknown> {
  return until(`the chat is ${status}`, () => chat.status === status);
}
