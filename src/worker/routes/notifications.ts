import { Hono } from "hono";
import { ackNotifications, listNotifications } from "../../protocol/rest/notifications";
import { readBody } from "../body";
import type { AppEnv } from "../context";
import { readQuery } from "../query";
import { answerOf, ownHome, twice } from "../rooms/ask";

export const notifications = new Hono<AppEnv>();

notifications.get("/", async (c) => {
  const query = readQuery(c.req.raw, listNotifications);
  return c.json(answerOf(await twice(() => ownHome(c).listNotifications(query))));
});

notifications.post("/ack", async (c) => {
  const which = await readBody(c.req.raw, ackNotifications);
  return c.json(answerOf(await twice(() => ownHome(c).acknowledge(which))));
});
