import type { TURNS } from "../../operations/rest/turns";
import { answerOf, once, taskRoom, twice } from "../rooms/ask";
import type { Handlers } from "../serving/handler";

export const turns: Handlers<typeof TURNS> = {
  async list({ c, principal, params, query }) {
    return answerOf(await twice(() => taskRoom(c.env, params.taskId).turns(principal, query)));
  },

  async read({ c, principal, params: { taskId, turnId } }) {
    return answerOf(await twice(() => taskRoom(c.env, taskId).turn(principal, turnId)));
  },

  async interrupt({ c, principal, params: { taskId, turnId }, body }) {
    const room = taskRoom(c.env, taskId);
    const stopped = await once(() => room.interruptTurn(principal, turnId, body.reason));
    return { turn: answerOf(stopped) };
  },

  async retry({ c, principal, params: { taskId, turnId } }) {
    const room = taskRoom(c.env, taskId);
    return { turn: answerOf(await once(() => room.retryTurn(principal, turnId))) };
  },

  async regenerate({ c, principal, params: { taskId, turnId } }) {
    const room = taskRoom(c.env, taskId);
    // While it is open, the same again gives the same turn.
    return { turn: answerOf(await once(() => room.regenerateTurn(principal, turnId))) };
  },

  async confirm({ c, principal, params: { taskId, turnId }, body }) {
    const room = taskRoom(c.env, taskId);
    return { turn: answerOf(await once(() => room.confirmTurn(principal, turnId, body))) };
  },

  async giveOutput({ c, principal, params: { taskId, turnId }, body }) {
    const room = taskRoom(c.env, taskId);
    return { turn: answerOf(await once(() => room.giveOutput(principal, turnId, body))) };
  },

  async guide({ c, principal, params: { taskId, turnId }, body }) {
    const room = taskRoom(c.env, taskId);
    return { turn: answerOf(await once(() => room.guideTurn(principal, turnId, body.content))) };
  },
};
