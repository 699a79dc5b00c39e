import { Hono } from "hono";
import { taskId } from "../../protocol/ids";
import { listMessages } from "../../protocol/rest/list-messages";
import type { AppEnv } from "../context";
import { readId } from "../path-id";
import { readQuery } from "../query";
import { answerOf, taskRoom, twice } from "../rooms/ask";

export const messages = new Hono<AppEnv>();

messages.get("/", async (c) => {
  const query = readQuery(c.req.raw, listMessages);
  const id = readId(taskId, query.taskId);
  return c.json(answerOf(await twice(() => taskRoom(c.env, id).messages(c.var.principal, query))));
});
