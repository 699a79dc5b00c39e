import { copyOf } from "../../../engine/task/fork";
import type { Message } from "../../../protocol/message";
import type { CarriedFile } from "../../../protocol/rooms/files";

// The letters of ids, by their value.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_CHARS = 10;
const DERIVED_CHARS = 16;

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
  const known = new Map<string, Promise<string>>();
  const derived = (id: string) => {
    const there = known.get(id) ?? derivedId(taskId, id);
    known.set(id, there);
    return there;
  };
  return Promise.all(
    messages.map(async (message) => {
      const [messageId, turnId] = [await derived(message.id), await derived(message.turnId)];
      return copyOf(withFiles(message, carried), { taskId, seq: message.seq, messageId, turnId });
    }),
  );
}

function withFiles(message: Message, carried: ReadonlySet<string>): Message {
  const { attachments, ...rest } = message;
  const left = attachments?.filter(({ fileId }) => carried.has(fileId)) ?? [];
  return left.length > 0 ? { ...rest, attachments: left } : rest;
}

/** Of the same kind and time; what was random is a hash of both ids. */
async function derivedId(taskId: string, sourceId: string): Promise<string> {
  const text = new TextEncoder().encode(`${taskId} ${sourceId}`);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  const letters = Array.from(hash.subarray(0, DERIVED_CHARS), (byte) => ALPHABET.charAt(byte % 32));
  const kept = sourceId.slice(0, sourceId.indexOf("_") + 1 + TIME_CHARS);
  return kept + letters.join("");
}

/** The files of messages, each once. */
export function filesOf(messages: readonly Message[]): string[] {
  const ids = messages.flatMap(({ attachments = [] }) => attachments.map(({ fileId }) => fileId));
  return [...new Set(ids)];
}
