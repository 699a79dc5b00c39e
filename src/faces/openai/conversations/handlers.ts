import type { CONVERSATIONS } from "../../../operations/openai/conversations";
import { isMessage } from "../../../operations/openai/response-request";
import type { Task } from "../../../protocol/task";
import { answerOf, once, taskRoom } from "../../../worker/rooms/ask";
import type { Handlers } from "../../../worker/serving/handler";
import { readTask } from "../asking/asking";
import { lineOf } from "../asking/conversation";
import { conversationId, taskRef } from "../ids";
import { notValid } from "../refusals";
import { textsIn } from "../responses/facts";
import { seconds } from "../responses/response";
import { teamOf } from "../team";
import { beginConversation, TEAM } from "./begin";
import { pageOf } from "./items";

export const conversations: Handlers<typeof CONVERSATIONS> = {
  async create({ c, body }) {
    const { team, ...metadata } = body.metadata ?? {};
    const teamRef = team === undefined ? undefined : teamOf(team);
    if (team !== undefined && !teamRef) throw notValid(TEAM, 'not "namespace/name"');
    const lines = (body.items ?? []).flatMap((item, i) =>
      isMessage(item) ? [lineOf(item, `items.${i}`)] : [],
    );
    const wanted = { metadata, ...(teamRef && { teamRef }) };
    return shown(await beginConversation(c, lines, wanted));
  },

  async read({ c, params }) {
    return shown(await readTask(c, taskRef(params.conversationId)));
  },

  async remove({ c, principal, params }) {
    const id = params.conversationId;
    answerOf(await once(() => taskRoom(c.env, taskRef(id)).remove(principal)));
    return { id, object: "conversation.deleted", deleted: true };
  },

  items: ({ c, params, query }) => pageOf(c, taskRef(params.conversationId), query),
};

function shown({ id, createdAt, metadata }: Task) {
  return {
    id: conversationId(id),
    object: "conversation",
    created_at: seconds(createdAt),
    metadata: textsIn(metadata),
  };
}
