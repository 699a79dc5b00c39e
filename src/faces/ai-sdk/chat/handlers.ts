import type { AI_SDK } from "../../../operations/ai-sdk/face";
import type { AppContext } from "../../../worker/context";
import { answerOf, once, taskRoom } from "../../../worker/rooms/ask";
import type { Handlers } from "../../../worker/serving/handler";
import { openTurn } from "../../open-turn";
import { openSocket } from "../socket/open-socket";
import { streamed } from "../stream/http";
import { askedTurn } from "./asked-turn";
import { chatMessages } from "./chat-messages";
import { findChat } from "./chat-task";

export const chat: Handlers<typeof AI_SDK.groups.chat> = {
  async send({ c, body }) {
    return streamed(c, await askedTurn(c, body));
  },

  async resume({ c, params }) {
    const turn = await openTurnIn(c, params.chatId);
    return turn ? streamed(c, { turn }) : new Response(null, { status: 204 });
  },

  async stop({ c, params, body }) {
    const turn = await openTurnIn(c, params.chatId);
    if (!turn) return { stopped: false };
    const room = taskRoom(c.env, turn.taskId);
    answerOf(await once(() => room.interruptTurn(c.var.principal, turn.id, body.reason)));
    return { stopped: true };
  },

  async messages({ c, params, query }) {
    const task = await findChat(c, params.chatId);
    if (!task) return { messages: [], nextCursor: null };
    return chatMessages(c, { taskId: task.id, ...query });
  },

  socket: ({ c }) => openSocket(c),
};

async function openTurnIn(c: AppContext, chatId: string) {
  const task = await findChat(c, chatId);
  return task && openTurn(c, task.id);
}
