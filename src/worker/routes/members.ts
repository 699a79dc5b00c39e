import { Hono } from "hono";
import { userId } from "../../protocol/identity";
import { taskId } from "../../protocol/ids";
import { putMember } from "../../protocol/rest/put-member";
import { readBody } from "../body";
import type { AppEnv } from "../context";
import { readId } from "../path-id";
import { answerOf, taskRoom, twice } from "../rooms/ask";

export const members = new Hono<AppEnv>();

members.get("/", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  return c.json(answerOf(await twice(() => taskRoom(c.env, id).members(c.var.principal))));
});

members.post("/", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  const member = await readBody(c.req.raw, putMember);
  const put = await twice(() => taskRoom(c.env, id).putMember(c.var.principal, member));
  return c.json(answerOf(put), 201);
});

members.delete("/:userId", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  const who = readId(userId, c.req.param("userId"));
  answerOf(await twice(() => taskRoom(c.env, id).dropMember(c.var.principal, who)));
  return c.body(null, 204);
});
