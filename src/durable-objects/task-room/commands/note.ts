import { addNote } from "../../../engine/turn/note";
import type { ChatNote, NoteAck } from "../../../protocol/commands/chat-note";
import { accepted, type Outcome } from "../../../protocol/errors";
import type { Attachment } from "../../../protocol/files/attachment";
import type { Principal } from "../../../protocol/identity";
import { newId } from "../../../protocol/ids";
import { DEFAULT_THREAD } from "../../../protocol/turn";
import type { Desk } from "../desk";
import { type ClientKey, clientKey } from "../store/client-keys";
import { carryingFiles } from "./carried-files";
import { answeredBefore, messageOf, noteAccepted } from "./people-commands";
import type { Asking } from "./quota";

/** `chat:note`: the same `clientMessageId` of the same user gives the first answer again. */
export function note(
  desk: Desk,
  principal: Principal,
  input: ChatNote,
): Outcome<NoteAck> | Promise<Outcome<NoteAck>> {
  const keys = keyOf(principal, input);
  const answered = (): Outcome<NoteAck> | undefined => {
    const known = answeredBefore(desk, principal, keys);
    return known?.ok ? ackOf(known.value) : known;
  };
  const work = (attachments: Attachment[], { afterAwait }: Asking) =>
    (afterAwait ? answered() : undefined) ??
    noteNow(desk, principal, { ...input, attachments }, keys);
  return answered() ?? carryingFiles(desk, principal, { fileIds: input.attachments }, work);
}

function noteNow(
  desk: Desk,
  principal: Principal,
  input: Omit<ChatNote, "attachments"> & { attachments: Attachment[] },
  keys: ClientKey[],
): Outcome<NoteAck> {
  const now = desk.doors.now();
  const ids = { turnId: newId("turn", now), messageId: newId("msg", now) };
  const { onBusy: _, ...said } = messageOf(principal, input);
  const done = desk.perform((draft) => addNote(draft, { ...ids, ...said }), keys);
  if (!done.ok) return done;
  noteAccepted(desk, principal, "note", accepted({ turnId: null }));
  return ackOf({ ...done.value, duplicate: false });
}

function ackOf({ messageId, duplicate }: NoteAck): Outcome<NoteAck> {
  return accepted({ messageId, duplicate });
}

function keyOf({ userId }: Principal, input: ChatNote): ClientKey[] {
  const { clientMessageId, content, threadId = DEFAULT_THREAD, attachments = [] } = input;
  if (clientMessageId === undefined) return [];
  const asked = { note: true, content, threadId, attachments };
  return [clientKey("message", userId, clientMessageId, asked)];
}
