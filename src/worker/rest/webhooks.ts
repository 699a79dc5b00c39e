import type { WEBHOOKS } from "../../operations/rest/webhooks";
import { answerOf, once, ownHome, twice } from "../rooms/ask";
import type { Handlers } from "../serving/handler";

/** Webhooks are their owner's: another user's home knows nothing of them. */
export const webhooks: Handlers<typeof WEBHOOKS> = {
  async list({ c, query }) {
    return answerOf(await twice(() => ownHome(c).listWebhooks(query)));
  },

  async create({ c, body }) {
    return answerOf(await once(() => ownHome(c).createWebhook(body)));
  },

  async patch({ c, params, body }) {
    return answerOf(await twice(() => ownHome(c).patchWebhook(params.webhookId, body)));
  },

  async rotateSecret({ c, params }) {
    return answerOf(await once(() => ownHome(c).rotateWebhookSecret(params.webhookId)));
  },

  async test({ c, params }) {
    return { delivery: answerOf(await once(() => ownHome(c).testWebhook(params.webhookId))) };
  },

  async remove({ c, params }) {
    answerOf(await once(() => ownHome(c).removeWebhook(params.webhookId)));
  },

  async deliveries({ c, params, query }) {
    return answerOf(await twice(() => ownHome(c).listDeliveries(params.webhookId, query)));
  },

  async retryDelivery({ c, params: { webhookId, deliveryId } }) {
    const again = await twice(() => ownHome(c).retryDelivery(webhookId, deliveryId));
    return { delivery: answerOf(again) };
  },
};
