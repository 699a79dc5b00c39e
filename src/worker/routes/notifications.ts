import { Hono } from "hono";
import { ackNotifications, listNotifications } from "../../protocol/rest/notifications";
import { readBody } from "../body";
import type { AppEnv } from "../context";
import { readQuery } from "../query";
import { answerOf, twice, userRoom } from "../rooms/ask";

export const notifications = new Hono<AppEnv>();

notifications.get("/", async (c) => {
  const query = readQuery(c.req.raw, listNotifications);
  const { userId } = c.var.principal;
  return c.json(answerOf(await twice(() => userRoom(c.env, userId).listNotifications(query))));
});

notifications.post("/ack", async (c) => {
  const which = await readBody(c.req.raw, ackNotifications);
  const { userId } = c.var.principal;
  return c.json(answerOf(await twice(() => userRoom(c.env, userId).acknowledge(which))));
});
