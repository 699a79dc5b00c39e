import type { MESSAGES } from "../../operations/rest/messages";
import { taskId } from "../../protocol/ids";
import { readId } from "../path-id";
import { answerOf, once, taskRoom, twice } from "../rooms/ask";
import type { Handlers } from "../serving/handler";

export const messages: Handlers<typeof MESSAGES> = {
  async list({ c, principal, query }) {
    const id = readId(taskId, query.taskId);
    return answerOf(await twice(() => taskRoom(c.env, id).messages(principal, query)));
  },

  async edit({ c, principal, params, body }) {
    const room = taskRoom(c.env, params.taskId);
    return answerOf(await once(() => room.editMessage(principal, params.messageId, body)));
  },

  async note({ c, principal, params, body }) {
    const room = taskRoom(c.env, params.taskId);
    return answerOf(await once(() => room.addNote(principal, body)));
  },
};
