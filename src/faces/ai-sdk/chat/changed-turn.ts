import type { ChatRequest } from "../../../operations/ai-sdk/chat-request";
import type { Message } from "../../../protocol/message";
import type { Turn } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { answerOf, once, taskRoom, twice } from "../../../worker/rooms/ask";
import { messageOf } from "../../message-of";
import { questionOf } from "../../question-of";
import { notValid } from "../request/intent";
import { findChat } from "./chat-task";
import { type Said, saidMessage } from "./said-message";

/** Messages that are looked through at most. */
const LOOKED_AT = 20;

type Edit = { id: string; content: string; attachments: string[] };

/** The turn of a message's new words; nothing where the room has no such message. */
export async function editedTurn(
  c: AppContext,
  { id: chatId, tools }: ChatRequest,
  { id, content, attachments }: Edit,
): Promise<{ turn: Turn } | undefined> {
  const task = await findChat(c, chatId);
  const said = task && (await saidMessage(c, task.id, id));
  return task && said && edited(c, task.id, { said, content, tools, attachments });
}

type Words = {
  said: Said;
  content: string;
  tools?: ChatRequest["tools"];
  attachments?: string[] | undefined;
};

/** The client shows nothing of what followed any more: what is open there is stopped. */
async function edited(c: AppContext, taskId: string, words: Words) {
  const { said, content, tools = [], attachments } = words;
  const clientTools = tools.length > 0 ? { clientTools: tools } : {};
  const files = attachments && { attachments };
  const input = { content, onBusy: "interrupt" as const, ...clientTools, ...files };
  const room = taskRoom(c.env, taskId);
  const { turn } = answerOf(
    await once(() => room.editMessage(c.var.principal, said.messageId, input)),
  );
  return { turn };
}

type Named = { id: string; turnId?: string | undefined };

/**
 * The turn that answers a message once more: one that failed or was stopped is tried again, one that is open is
 * told of. Where more was said since, the client has cut that off, so the message is said anew instead.
 */
export async function answeredAnew(
  c: AppContext,
  { id: chatId, tools }: ChatRequest,
  { id, turnId }: Named,
): Promise<{ turn: Turn }> {
  const task = await findChat(c, chatId);
  if (!task) throw notValid({ path: "id", message: "no chat has this id" });
  const room = taskRoom(c.env, task.id);
  const turn = await turnFor(c, task.id, { id, turnId });
  if ("message" in turn) return saidAnew(c, turn.message, tools);
  const question = (await isLast(c, turn)) ? undefined : await questionOf(c, turn);
  if (question) return saidAnew(c, question.message, tools);
  switch (turn.status) {
    case "COMPLETED":
      return { turn: answerOf(await once(() => room.regenerateTurn(c.var.principal, turn.id))) };
    case "FAILED":
    case "INTERRUPTED":
      return { turn: answerOf(await once(() => room.retryTurn(c.var.principal, turn.id))) };
    default:
      return { turn };
  }
}

/** The turn that is meant; the message itself where no turn of this task answers it. */
async function turnFor(
  c: AppContext,
  taskId: string,
  { id, turnId }: Named,
): Promise<Turn | { message: Message }> {
  const said = turnId === undefined ? await saidMessage(c, taskId, id) : undefined;
  const known = turnId ?? said?.turnId;
  if (known !== undefined) {
    const turn = await twice(() => taskRoom(c.env, taskId).turn(c.var.principal, known));
    if (turn.ok || turn.refusal.code !== "not_found") return answerOf(turn);
  }
  const last = said ?? (await saidMessage(c, taskId, id));
  const message = last && (await messageOf(c, taskId, last.messageId));
  if (message) return { message };
  throw notValid({ path: "messages", message: "the chat has no such message" });
}

async function saidAnew(
  c: AppContext,
  { taskId, id, turnId, content, attachments }: Message,
  tools: ChatRequest["tools"],
) {
  const said = { messageId: id, turnId };
  const files = attachments?.map(({ fileId }) => fileId);
  return edited(c, taskId, { said, content, tools, attachments: files });
}

/** Whether nobody has said anything in the thread since a turn's message; notes aside. */
async function isLast(c: AppContext, { id, taskId, threadId, messageId }: Turn): Promise<boolean> {
  const query = { taskId, threadId, role: ["user" as const], limit: LOOKED_AT };
  const asked = await twice(() => taskRoom(c.env, taskId).messages(c.var.principal, query));
  const last = answerOf(asked).items.findLast(({ note }) => !note);
  return !last || last.id === messageId || last.turnId === id;
}
