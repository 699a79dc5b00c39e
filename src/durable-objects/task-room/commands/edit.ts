import { editMessage } from "../../../engine/turn/edit";
import { standingIds } from "../../../history/messages";
import { describeError, logError } from "../../../platform/platform-log";
import type { ChatEdit } from "../../../protocol/commands/chat-edit";
import type { SendAck } from "../../../protocol/commands/send-ack";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import type { Attachment } from "../../../protocol/files/attachment";
import type { Principal } from "../../../protocol/identity";
import { newId } from "../../../protocol/ids";
import type { Message } from "../../../protocol/message";
import type { Desk } from "../desk";
import { type ClientKey, clientKey } from "../store/client-keys";
import type { Found } from "../turns/superseding";
import { whenFound } from "./asked-message";
import { carryingFiles } from "./carried-files";
import { answeredBefore, messageOf, noteAccepted } from "./people-commands";
import { permit } from "./permit";
import { type Asking, withinQuota } from "./quota";

/** `chat:edit`: the same `clientMessageId` of the same user gives the first answer again. */
export function edit(
  desk: Desk,
  principal: Principal,
  input: ChatEdit,
): Outcome<SendAck> | Promise<Outcome<SendAck>> {
  const keys = keyOf(principal, input);
  const known = () => answeredBefore(desk, principal, keys);
  return (
    known() ??
    whenFound(desk, input.messageId, (found) => {
      if (!found) return refused(refuse("not_found", "There is no such message."));
      const files = { fileIds: input.attachments, kept: found.message.attachments };
      return carryingFiles(desk, principal, files, (attachments) => {
        const about = { ...found, keys, attachments };
        return known() ?? editWithin(desk, principal, input, about);
      });
    })
  );
}

function editWithin(
  desk: Desk,
  principal: Principal,
  input: ChatEdit,
  about: Omit<About, "ids">,
): Outcome<SendAck> | Promise<Outcome<SendAck>> {
  const older = olderFollowing(desk, about.message);
  const act = (ids: string[]) => {
    const now = ({ afterAwait }: Asking) =>
      (afterAwait ? answeredBefore(desk, principal, about.keys) : undefined) ??
      editNow(desk, principal, input, { ...about, ids });
    return withinQuota(desk, principal, now);
  };
  return Array.isArray(older) ? act(older) : older.then(act, (error) => unreachable(desk, error));
}

function unreachable({ taskId }: Desk, error: unknown): Outcome<never> {
  logError("history_unreachable", { taskId, causes: describeError(error) });
  return refused(refuse("unavailable", "Older messages can't be reached right now."));
}

/** What follows in the thread and is in the database alone: what stood there when it was read. */
function olderFollowing(
  { store, history }: Desk,
  { taskId, threadId, seq }: Message,
): string[] | Promise<string[]> {
  const beforeSeq = store.retention.messagesFrom();
  if (seq >= beforeSeq) return [];
  // The room may let go of more while it is read; what it has now is noted with it.
  const kept = store.messages.idsFrom(threadId, beforeSeq);
  const range = { threadId, fromSeq: seq, beforeSeq };
  return standingIds(history.forReading(), taskId, range).then((ids) => [...ids, ...kept]);
}

type About = Found & { ids: string[]; keys: ClientKey[]; attachments: Attachment[] };

function editNow(
  desk: Desk,
  principal: Principal,
  input: ChatEdit,
  { message, isSuperseded, ids, keys, attachments }: About,
): Outcome<SendAck> {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  const { messageId: _, onBusy, attachments: _ids, ...said } = input;
  const now = desk.doors.now();
  const turn = { turnId: newId("turn", now), messageId: newId("msg", now) };
  const done = desk.perform(
    (draft) =>
      editMessage(draft, {
        input: { ...turn, ...messageOf(principal, said), onBusy: "enqueue", attachments },
        message,
        isOwner: permitted.value.role === "owner",
        interrupts: onBusy === "interrupt",
        isSuperseded: isSuperseded(),
        following: [...ids, ...desk.store.messages.idsFrom(message.threadId, message.seq)],
      }),
    keys,
  );
  if (!done.ok) return done;
  noteAccepted(desk, principal, "edit", done);
  return accepted({ ...done.value, duplicate: false });
}

function keyOf({ userId }: Principal, input: ChatEdit): ClientKey[] {
  const { clientMessageId, messageId: edits, content, attachments = [] } = input;
  if (clientMessageId === undefined) return [];
  return [clientKey("message", userId, clientMessageId, { edits, content, attachments })];
}
