import type { RESPONSES } from "../../../operations/openai/responses";
import { refuse } from "../../../protocol/errors";
import type { AppContext } from "../../../worker/context";
import { RefusedRequest } from "../../../worker/problem";
import { answerOf, once, taskRoom, twice } from "../../../worker/rooms/ask";
import type { Handlers } from "../../../worker/serving/handler";
import { messageOf } from "../../message-of";
import { type Begun, readTask, readTurn } from "../asking/asking";
import { itemsOf, itemsPage } from "../conversations/items";
import { conversationId, turnRef } from "../ids";
import { begin } from "./create";
import { responseAtFirst, responseAtLast, responseNow, streamOf } from "./follow";

export const responses: Handlers<typeof RESPONSES> = {
  async create({ c, body }) {
    const begun = await begin(c, body);
    if (body.stream) return streamOf(c, begun);
    return body.background ? responseAtFirst(c, begun) : responseAtLast(c, begun);
  },

  async read({ c, params, query }) {
    const begun = await found(c, params.responseId);
    return query.stream ? streamOf(c, begun, query.starting_after) : responseNow(c, begun);
  },

  async cancel({ c, principal, params }) {
    const { taskId, turnId } = turnRef(params.responseId);
    const room = taskRoom(c.env, taskId);
    answerOf(await once(() => room.interruptTurn(principal, turnId)));
    return responseNow(c, await found(c, params.responseId));
  },

  /** A turn is no thing of its own: a response goes with its conversation. */
  async remove({ c, principal, params }) {
    const { turn } = await found(c, params.responseId);
    const room = () => taskRoom(c.env, turn.taskId);
    const { items } = answerOf(await twice(() => room().turns(principal, { limit: 2 })));
    if (items.length > 1) {
      const all = conversationId(turn.taskId);
      throw new RefusedRequest(
        refuse("conflict", `There is more in its conversation: delete ${all}`),
      );
    }
    answerOf(await once(() => room().remove(principal)));
    return { id: params.responseId, object: "response", deleted: true };
  },

  async inputItems({ c, params }) {
    const { turn } = await found(c, params.responseId);
    const question = await messageOf(c, turn.taskId, turn.messageId);
    return itemsPage((question ? [question] : []).map(itemsOf(c)), false);
  },
};

async function found(c: AppContext, responseId: string): Promise<Begun> {
  const ref = turnRef(responseId);
  const [task, turn] = await Promise.all([readTask(c, ref.taskId), readTurn(c, ref)]);
  return { task, turn };
}
