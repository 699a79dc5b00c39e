import * as z from "zod";
import {
  BOUNDS,
  type ChatRequest,
  type ClientFrame,
  chatRequest,
  clientFrame,
} from "../../../operations/ai-sdk/chat-request";
import { issuesOf } from "../../../protocol/issues";
import { parseJson } from "../../../protocol/json";
import { notValid } from "../request/intent";

/** A frame that was read, or the words for who sent it; `requestId` as far as there is one. */
export type ReadFrame =
  | { ok: true; frame: ClientFrame }
  | { ok: false; requestId: string | undefined; error: Error };

const identified = z.looseObject({ requestId: z.string() });

export function readFrame(data: string | ArrayBuffer): ReadFrame {
  if (typeof data !== "string") return unreadable("a frame is text");
  if (data.length > BOUNDS.bodyBytes) return unreadable(`more than ${BOUNDS.bodyBytes} characters`);
  const json = parseJson(data);
  const requestId = identified.safeParse(json.value).data?.requestId;
  if (!json.ok) return unreadable(json.message, requestId);
  const read = clientFrame.safeParse(json.value);
  if (read.success) return { ok: true, frame: read.data };
  return { ok: false, requestId, error: notValid(...issuesOf(read.error)) };
}

function unreadable(message: string, requestId?: string): ReadFrame {
  return { ok: false, requestId, error: notValid({ path: "", message }) };
}

/** What a `send` asks for, as a posted body would. Throws `invalid_request`. */
export function requestIn({ body, ...frame }: Extract<ClientFrame, { type: "send" }>): ChatRequest {
  const { id, messages, trigger, messageId } = frame;
  const read = chatRequest.safeParse({ ...body, id, messages, trigger, messageId });
  if (read.success) return read.data;
  throw notValid(...issuesOf(read.error));
}
