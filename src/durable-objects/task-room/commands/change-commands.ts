import type { EditMessage } from "../../../protocol/commands/chat-edit";
import type { ChatNote } from "../../../protocol/commands/chat-note";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import type { Message } from "../../../protocol/message";
import type { Turn } from "../../../protocol/turn";
import type { Desk } from "../desk";
import { whenFound } from "./asked-message";
import { edit } from "./edit";
import { note } from "./note";
import { readTurn } from "./queries";
import { regenerate } from "./regenerate";

/** What REST asks that changes a conversation. */

export async function regenerateTurn(
  desk: Desk,
  principal: Principal,
  turnId: string,
): Promise<Outcome<Turn>> {
  const done = await regenerate(desk, principal, turnId);
  return done.ok ? readTurn(desk, principal, done.value.turnId) : done;
}

export async function editMessage(
  desk: Desk,
  principal: Principal,
  messageId: string,
  input: EditMessage,
): Promise<Outcome<{ turn: Turn; message: Message }>> {
  const done = await edit(desk, principal, { ...input, messageId });
  if (!done.ok) return done;
  const message = await readMessage(desk, done.value.messageId);
  if (!message.ok) return message;
  const turn = readTurn(desk, principal, done.value.turnId);
  return turn.ok ? accepted({ turn: turn.value, message: message.value }) : turn;
}

export async function addNote(
  desk: Desk,
  principal: Principal,
  input: ChatNote,
): Promise<Outcome<{ message: Message }>> {
  const done = await note(desk, principal, input);
  if (!done.ok) return done;
  const message = await readMessage(desk, done.value.messageId);
  return message.ok ? accepted({ message: message.value }) : message;
}

/** One that was said before may be in the database alone by now. */
async function readMessage(desk: Desk, messageId: string): Promise<Outcome<Message>> {
  return whenFound(desk, messageId, (found) =>
    found
      ? accepted(found.message)
      : refused(refuse("not_found", "The message is not kept any more.")),
  );
}
