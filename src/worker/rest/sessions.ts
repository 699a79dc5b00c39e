import type { SESSIONS } from "../../operations/rest/sessions";
import { readRecoveryToken } from "../recovery";
import { answerOf, once, ownHome, taskRoom, twice } from "../rooms/ask";
import type { Handlers } from "../serving/handler";

export const sessions: Handlers<typeof SESSIONS> = {
  async list({ c, principal, query }) {
    return answerOf(await twice(() => ownHome(c).listSessions(principal.userId, query)));
  },

  async create({ c, principal, body: { taskId } }) {
    answerOf(await twice(() => taskRoom(c.env, taskId).read(principal)));
    const room = ownHome(c);
    return answerOf(await once(() => room.createSession(principal.userId, taskId)));
  },

  async recover({ c, principal, body }) {
    const token = readRecoveryToken(body.recoveryToken);
    const room = ownHome(c);
    return answerOf(await once(() => room.recoverSession(principal.userId, token)));
  },

  async revoke({ c, principal, params }) {
    answerOf(await once(() => ownHome(c).revokeSession(principal.userId, params.sessionId)));
  },
};
