import { Hono } from "hono";
import { deliveryId, webhookId } from "../../protocol/ids";
import { listPage } from "../../protocol/rest/page";
import { createWebhook, patchWebhook } from "../../protocol/webhooks";
import { readBody } from "../body";
import type { AppContext, AppEnv } from "../context";
import { readId } from "../path-id";
import { readQuery } from "../query";
import { answerOf, once, ownHome, twice, type UserRoomStub } from "../rooms/ask";

export const webhooks = new Hono<AppEnv>();

/** Webhooks are their owner's: another user's room knows nothing of them. */
function ownRoom(c: AppContext): UserRoomStub {
  return ownHome(c);
}

webhooks.get("/", async (c) => {
  const query = readQuery(c.req.raw, listPage);
  return c.json(answerOf(await twice(() => ownRoom(c).listWebhooks(query))));
});

webhooks.post("/", async (c) => {
  const input = await readBody(c.req.raw, createWebhook);
  return c.json(answerOf(await once(() => ownRoom(c).createWebhook(input))), 201);
});

webhooks.patch("/:id", async (c) => {
  const id = readId(webhookId, c.req.param("id"));
  const patch = await readBody(c.req.raw, patchWebhook);
  return c.json(answerOf(await twice(() => ownRoom(c).patchWebhook(id, patch))));
});

webhooks.post("/:id/rotate-secret", async (c) => {
  const id = readId(webhookId, c.req.param("id"));
  return c.json(answerOf(await once(() => ownRoom(c).rotateWebhookSecret(id))));
});

webhooks.post("/:id/test", async (c) => {
  const id = readId(webhookId, c.req.param("id"));
  return c.json({ delivery: answerOf(await once(() => ownRoom(c).testWebhook(id))) }, 202);
});

webhooks.delete("/:id", async (c) => {
  const id = readId(webhookId, c.req.param("id"));
  answerOf(await once(() => ownRoom(c).removeWebhook(id)));
  return c.body(null, 204);
});

webhooks.get("/:id/deliveries", async (c) => {
  const id = readId(webhookId, c.req.param("id"));
  const query = readQuery(c.req.raw, listPage);
  return c.json(answerOf(await twice(() => ownRoom(c).listDeliveries(id, query))));
});

webhooks.post("/:id/deliveries/:deliveryId/retry", async (c) => {
  const id = readId(webhookId, c.req.param("id"));
  const delivery = readId(deliveryId, c.req.param("deliveryId"));
  const again = await twice(() => ownRoom(c).retryDelivery(id, delivery));
  return c.json({ delivery: answerOf(again) }, 202);
});
