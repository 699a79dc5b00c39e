import type { Attachment } from "../../protocol/files/attachment";
import type { JsonObject } from "../../protocol/json";
import type { Message } from "../../protocol/message";
import type { Draft } from "./draft";

export type NewMessage = {
  messageId: string;
  turnId: string;
  author: { userId: string; name?: string };
  content: string;
  clientMessageId?: string | undefined;
  threadId: string;
  metadata: JsonObject;
  attachments?: Attachment[] | undefined;
  replaces?: string | undefined;
  note?: true | undefined;
};

/** What a user says comes into the log, and to everybody. */
export function sayMessage(draft: Draft, input: NewMessage): void {
  const { clientMessageId, attachments = [], author } = input;
  draft.carry(attachments.map(({ fileId }) => ({ fileId, owner: author.userId })));
  draft.emit({
    type: "chat:message",
    data: {
      message: messageOf(draft, input),
      ...(clientMessageId !== undefined && { clientMessageId }),
    },
  });
}

function messageOf(draft: Draft, input: NewMessage): Message {
  const { messageId, turnId, threadId, content, author, metadata } = input;
  const { attachments = [], replaces, note } = input;
  return {
    id: messageId,
    seq: draft.nextSeq,
    taskId: draft.room.state.task.id,
    turnId,
    threadId,
    role: "user",
    content,
    author,
    status: "complete",
    createdAt: draft.ts,
    ...(note && { note }),
    ...(attachments.length > 0 && { attachments }),
    ...(replaces !== undefined && { replaces }),
    metadata,
  };
}
