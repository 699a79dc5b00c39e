import { copyOf } from "../../../engine/task/fork";
import { derivedId } from "../../../protocol/ids";
import type { Message } from "../../../protocol/message";
import type { CarriedFile } from "../../../protocol/rooms/files";

/**
 * Messages of a source as its fork has them, at the source's own `seq`s. Their ids follow from those of
 * the source: a page that is copied again is the same page, and what one turn said stays together
 * however many pages it is in. Of their attachments those are left that are among the `files`.
 */
export async function copiesOf(
  taskId: string,
  messages: readonly Message[],
  files: readonly CarriedFile[],
): Promise<Message[]> {
  const carried = new Set(files.map(({ fileId }) => fileId));
  return Promise.all(
    messages.map(async (message) => {
      const messageId = await copiedId("msg", taskId, message.id);
      const turnId = await copiedId("turn", taskId, message.turnId);
      return copyOf(withFiles(message, carried), { taskId, seq: message.seq, messageId, turnId });
    }),
  );
}

function withFiles(message: Message, carried: ReadonlySet<string>): Message {
  const { attachments, ...rest } = message;
  const left = attachments?.filter(({ fileId }) => carried.has(fileId)) ?? [];
  return left.length > 0 ? { ...rest, attachments: left } : rest;
}

/** Of the same time; what was random is a hash of both ids. */
async function copiedId(prefix: "msg" | "turn", taskId: string, sourceId: string): Promise<string> {
  const text = new TextEncoder().encode(`${taskId} ${sourceId}`);
  return derivedId(prefix, sourceId, new Uint8Array(await crypto.subtle.digest("SHA-256", text)));
}

/** The files of messages, each once. */
export function filesOf(messages: readonly Message[]): string[] {
  const ids = messages.flatMap(({ attachments = [] }) => attachments.map(({ fileId }) => fileId));
  return [...new Set(ids)];
}
