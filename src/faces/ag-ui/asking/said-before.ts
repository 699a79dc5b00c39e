import type { EditMessage } from "../../../protocol/commands/chat-edit";
import { messageId as messageIdSchema } from "../../../protocol/ids";
import type { Message } from "../../../protocol/message";
import type { Turn } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { answerOf, once, taskRoom, twice } from "../../../worker/rooms/ask";
import { messageOf } from "../../message-of";
import { newestTurns } from "../../open-turn";
import { markIn } from "../thread/mark";

/** A user's message as a run sends it; `messageId`: the client's own. */
export type Sent = {
  messageId: string;
  runId: string;
  said: Omit<EditMessage, "clientMessageId" | "onBusy">;
};

/** How the room knows a client's message: under this name it is taken once. */
export function onceOf(messageId: string): string {
  return `agui:${messageId}`;
}

/**
 * Whether a thread has a client's message: one of its newest turns was asked it, or it bears an id that the
 * room itself gives to what was said elsewhere.
 */
export async function hasMessage(c: AppContext, taskId: string, id: string): Promise<boolean> {
  return isOurs(id) || (await newestTurns(c, taskId)).some((turn) => isAsked(turn, id));
}

/** An id that a client has from here. */
export function isOurs(id: string): boolean {
  return messageIdSchema.safeParse(id).success;
}

function isAsked({ messageId, metadata }: Turn, id: string): boolean {
  return messageId === id || markIn(metadata)?.messageId === id;
}

/** The turn that a run has begun; nothing where none has. */
export async function turnOfRun(
  c: AppContext,
  taskId: string,
  runId: string,
): Promise<Turn | undefined> {
  const room = () => taskRoom(c.env, taskId);
  const said = answerOf(await twice(() => room().sentAs(c.var.principal, runId)));
  return said ? answerOf(await twice(() => room().turn(c.var.principal, said.turnId))) : undefined;
}

/**
 * The turn of a run, or for a message, that the room has already. A client that ends its conversation with such a
 * message wants it answered once more, in these words, and has cut off what followed; one that is being answered is
 * told of. Nothing where the room has neither, or the run has said something else.
 */
export async function knownTurn(
  c: AppContext,
  taskId: string,
  sent: Sent,
): Promise<Turn | undefined> {
  const turn = await turnOfRun(c, taskId, sent.runId);
  if (!turn) return saidAnew(c, taskId, sent);
  const message = await messageOf(c, taskId, turn.messageId);
  return message && isAlike(message, sent.said) ? turn : undefined;
}

async function saidAnew(
  c: AppContext,
  taskId: string,
  { messageId, runId, said }: Sent,
): Promise<Turn | undefined> {
  const turns = await newestTurns(c, taskId);
  const turn = turns.find((one) => isAsked(one, messageId));
  const message = turn && (await messageOf(c, taskId, turn.messageId));
  if (!message) return undefined;
  if (turn.endedAt === undefined && isAlike(message, said)) return turn;
  const input = { ...said, clientMessageId: runId, onBusy: "interrupt" as const };
  const room = taskRoom(c.env, taskId);
  return answerOf(await once(() => room.editMessage(c.var.principal, message.id, input))).turn;
}

function isAlike(message: Message, { content, attachments = [] }: Sent["said"]): boolean {
  const files = message.attachments?.map(({ fileId }) => fileId) ?? [];
  return message.content === content && files.join() === attachments.join();
}
