import { textOf } from "../../../operations/openai/content";
import type { CONVERSATIONS } from "../../../operations/openai/conversations";
import type { Task } from "../../../protocol/task";
import { answerOf, once, taskRoom } from "../../../worker/rooms/ask";
import { createTask } from "../../../worker/rooms/own-tasks";
import type { Handlers } from "../../../worker/serving/handler";
import { readTask } from "../asking/asking";
import { historyOf } from "../asking/conversation";
import { sentFiles } from "../asking/sent-files";
import { conversationId, taskRef } from "../ids";
import { inWordsOf, notValid } from "../refusals";
import { textsIn } from "../responses/facts";
import { seconds } from "../responses/response";
import { teamOf } from "../team";
import { pageOf } from "./items";

/** Where a conversation's metadata names its team: the protocol has no field for it. */
const TEAM = "metadata.team";

export const conversations: Handlers<typeof CONVERSATIONS> = {
  async create({ c, body }) {
    const { team, ...metadata } = body.metadata ?? {};
    const teamRef = team === undefined ? undefined : teamOf(team);
    if (team !== undefined && !teamRef) throw notValid(TEAM, 'not "namespace/name"');
    const lines = (body.items ?? []).map(({ role, content }, i) => {
      const [path, words] = [`items.${i}`, `items.${i}.content`];
      const [file] = sentFiles(content, words);
      if (file) throw notValid(file.path, "files go with a message that is to be answered");
      return { role, text: textOf(content), files: [], path, words };
    });
    const wanted = { metadata, history: historyOf(lines), ...(teamRef && { teamRef }) };
    try {
      return shown((await createTask(c, wanted)).task);
    } catch (error) {
      throw inWordsOf(error, (path) => (path === "teamRef" ? TEAM : path));
    }
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
