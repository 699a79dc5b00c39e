import { isBlank } from "../../../protocol/blank";
import type { CreateTask } from "../../../protocol/rest/create-task";
import type { Task } from "../../../protocol/task";
import type { AppContext } from "../../../worker/context";
import { answerOf, taskRoom, twice } from "../../../worker/rooms/ask";
import { createTask } from "../../../worker/rooms/own-tasks";
import { carrying } from "../../files/carrying";
import { goingAlong } from "../../files/earlier";
import { historyOf, type Line } from "../asking/conversation";
import { inWordsOf } from "../refusals";

/** Where a conversation's metadata names its team: the protocol has no field for it. */
export const TEAM = "metadata.team";

/**
 * A task with what was said before. A task's history is words: the files of its messages come behind them, in
 * a message of their own, so that the first answer has them with its question.
 */
export async function beginConversation(
  c: AppContext,
  lines: readonly Line[],
  wanted: Pick<CreateTask, "metadata" | "teamRef">,
): Promise<Task> {
  const { earlier, files } = goingAlong(lines, []);
  const said = earlier.filter(({ text, files: own }) => own.length === 0 || !isBlank(text));
  const history = historyOf(said);
  try {
    return await carrying(c, { files, of: [crypto.randomUUID()] }, async (attachments) => {
      const { task } = await createTask(c, { ...wanted, history });
      if (attachments.length > 0) await handOver(c, task.id, attachments);
      return task;
    });
  } catch (error) {
    throw inWordsOf(error, (path) => (path === "teamRef" ? TEAM : path));
  }
}

/** Nothing is kept of a conversation whose files are refused. */
async function handOver(c: AppContext, taskId: string, attachments: string[]): Promise<void> {
  const { principal } = c.var;
  const note = { content: "", attachments, clientMessageId: `openai:items:${taskId}` };
  const noted = await twice(() => taskRoom(c.env, taskId).addNote(principal, note));
  if (!noted.ok) await twice(() => taskRoom(c.env, taskId).remove(principal));
  answerOf(noted);
}
