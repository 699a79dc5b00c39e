import { Hono } from "hono";
import { sessionId } from "../../protocol/ids";
import { listPage } from "../../protocol/rest/page";
import { createSession, recoverSession } from "../../protocol/rest/sessions";
import { readBody } from "../body";
import type { AppEnv } from "../context";
import { sameOrigin } from "../middleware/same-origin";
import { readId } from "../path-id";
import { readQuery } from "../query";
import { readRecoveryToken } from "../recovery";
import { answerOf, once, ownHome, taskRoom, twice } from "../rooms/ask";

export const sessions = new Hono<AppEnv>();

sessions.get("/", async (c) => {
  const query = readQuery(c.req.raw, listPage);
  const { userId } = c.var.principal;
  return c.json(answerOf(await twice(() => ownHome(c).listSessions(userId, query))));
});

sessions.post("/", sameOrigin, async (c) => {
  const { principal } = c.var;
  const { taskId } = await readBody(c.req.raw, createSession);
  answerOf(await twice(() => taskRoom(c.env, taskId).read(principal)));
  const room = ownHome(c);
  return c.json(answerOf(await once(() => room.createSession(principal.userId, taskId))), 201);
});

sessions.post("/recover", sameOrigin, async (c) => {
  const { userId } = c.var.principal;
  const body = await readBody(c.req.raw, recoverSession);
  const token = readRecoveryToken(body.recoveryToken);
  const room = ownHome(c);
  return c.json(answerOf(await once(() => room.recoverSession(userId, token))));
});

sessions.delete("/:id", async (c) => {
  const { userId } = c.var.principal;
  const id = readId(sessionId, c.req.param("id"));
  answerOf(await once(() => ownHome(c).revokeSession(userId, id)));
  return c.body(null, 204);
});
