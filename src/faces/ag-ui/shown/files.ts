import type { Message } from "../../../protocol/message";
import { type ShownFile, shownFiles } from "../../files/shown-file";
import type { AgUiEvent, AgUiPart } from "../event";

const KINDS = ["image", "audio", "video"] as const;

/** A user's message as the client has it: text, or parts where files came with it. */
export function userContent(message: Message, origin: string): string | AgUiPart[] {
  const { content } = message;
  const files = shownFiles(message, origin);
  if (files.length === 0) return content;
  const words: AgUiPart[] = content === "" ? [] : [{ type: "text", text: content }];
  return [...words, ...files.map(partOf)];
}

function partOf({ name: filename, mediaType, url: value }: ShownFile): AgUiPart {
  const type = KINDS.find((kind) => mediaType.startsWith(`${kind}/`)) ?? "document";
  return { type, source: { type: "url", value, mimeType: mediaType }, metadata: { filename } };
}

/** An answer's message is text to the protocol: its files are told beside it. */
export function filesAside(
  message: Message,
  origin: string,
): Extract<AgUiEvent, { type: "CUSTOM" }>[] {
  const files = shownFiles(message, origin);
  if (files.length === 0) return [];
  return [{ type: "CUSTOM", name: "taskroom.files", value: { messageId: message.id, files } }];
}
