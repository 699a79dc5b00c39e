import type { ChatRequest } from "../../../operations/ai-sdk/chat-request";
import { messageId, turnId } from "../../../protocol/ids";
import type { Turn } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { answerOf, taskRoom, twice } from "../../../worker/rooms/ask";
import { carrying } from "../../files/carrying";
import { type Intent, intentOf, notValid } from "../request/intent";
import type { GoesOn } from "../stream/ui-stream";
import { answeredAnew, editedTurn } from "./changed-turn";
import { chatFor, findChat } from "./chat-task";
import { give, giveUnsent } from "./giving";
import { turnOf } from "./turn-of";

/** A turn that a client is to be told of, and what of it the client has. */
export type AskedTurn = { turn: Turn; goesOn?: GoesOn };

/** Does what a posted conversation asks for. Throws what is refused; nothing is stored of that. */
export function askedTurn(c: AppContext, request: ChatRequest): Promise<AskedTurn> {
  const intent = intentOf(request);
  switch (intent.kind) {
    case "send":
      return sendIn(c, request, intent);
    case "edit":
      return editIn(c, request, intent);
    case "regenerate":
      return answeredAnew(c, request, intent);
    case "answer":
      return answerIn(c, request, intent);
  }
}

type IntentOf<Kind extends Intent["kind"]> = Extract<Intent, { kind: Kind }>;

type Words = IntentOf<"send">;

/** With its files: of the same message, in the same chat, the same are the same. */
function sendIn(c: AppContext, request: ChatRequest, words: Words): Promise<AskedTurn> {
  const { files, clientMessageId } = words;
  const message = { files, of: ["ai-sdk", request.id, clientMessageId] };
  return carrying(c, message, (attachments) => sent(c, request, { ...words, attachments }));
}

async function sent(
  c: AppContext,
  { id: chatId, team, tools, messages }: ChatRequest,
  { clientMessageId, content, attachments }: Words & { attachments: string[] },
): Promise<AskedTurn> {
  const { taskId, isNew } = await chatFor(c, { chatId, team, text: content });
  // A page that was loaded again knows the message by its id here.
  const isOurs = messageId.safeParse(clientMessageId).success;
  const known = isOurs ? await turnOf(c, taskId, clientMessageId) : undefined;
  if (known) return { turn: known };
  if (!isNew) await giveUnsent(c, taskId, messages);
  const clientTools = tools && tools.length > 0 ? { clientTools: tools } : {};
  const carried = attachments.length > 0 ? { attachments } : {};
  const input = { input: content, clientMessageId, ...carried, ...clientTools };
  const room = taskRoom(c.env, taskId);
  // Told again it is the same turn: its message has the client's id.
  const outcome = await twice(() => room.execute(c.var.principal, input));
  if (!outcome.ok && isNew) await forget(c, taskId);
  return answerOf(outcome);
}

/** A message that the room does not know under this id is a new one. */
function editIn(
  c: AppContext,
  request: ChatRequest,
  { id, content, files }: IntentOf<"edit">,
): Promise<AskedTurn> {
  const message = { files, of: ["ai-sdk", request.id, id] };
  return carrying(c, message, async (attachments) => {
    const edited = await editedTurn(c, request, { id, content, attachments });
    const anew = { kind: "send", clientMessageId: id, content, files, attachments } as const;
    return edited ?? sent(c, request, anew);
  });
}

/** A chat whose first message was refused has not been begun. */
async function forget(c: AppContext, taskId: string): Promise<void> {
  const { principal } = c.var;
  const read = await twice(() => taskRoom(c.env, taskId).read(principal));
  if (!read.ok || read.value.status !== "PENDING") return;
  await twice(() => taskRoom(c.env, taskId).remove(principal));
}

async function answerIn(
  c: AppContext,
  { id: chatId, messages }: ChatRequest,
  { messageId: id, answers }: IntentOf<"answer">,
): Promise<AskedTurn> {
  const at = `messages.${messages.length - 1}`;
  const isTurn = turnId.safeParse(id).success;
  if (!isTurn) throw notValid({ path: `${at}.id`, message: "not the id of an answer's message" });
  if (answers.some((answer) => answer.kind === "word" && answer.about.turnId !== id)) {
    throw notValid({ path: `${at}.parts`, message: "an approval is of another message" });
  }
  const task = await findChat(c, chatId);
  if (!task) throw notValid({ path: "id", message: "no chat has this id" });
  for (const answer of answers) await give(c, { taskId: task.id, turnId: id }, answer);
  const room = taskRoom(c.env, task.id);
  const turn = answerOf(await twice(() => room.turn(c.var.principal, id)));
  return { turn, goesOn: { answered: new Set(answers.map((answer) => answer.id)) } };
}
