import type { Message } from "../../../protocol/message";
import type { ListMessages } from "../../../protocol/rest/list-messages";
import type { AppContext } from "../../../worker/context";
import { publicOrigin } from "../../../worker/public-url";
import { answerOf, taskRoom, twice } from "../../../worker/rooms/ask";
import { restated } from "../../turn-view/restated";
import type { AgUiEvent, AnyMessage } from "../event";
import { filesAside, userContent } from "../shown/files";
import { nothingShown, shownAfter } from "../shown/shown";
import { markIn } from "./mark";

const PAGE_MESSAGES = 100;
/** The most that a client is told of a thread: its newest messages, and characters of them. */
const MESSAGES = 1000;
const CHARS = 4 * 1024 * 1024;

export type Thread = { messages: AnyMessage[]; asides: AgUiEvent[] };

/**
 * A thread's newest messages as the client keeps them, oldest first, and what is told of them besides; `but`:
 * a turn whose answers are told otherwise.
 */
export async function threadMessages(
  c: AppContext,
  taskId: string,
  { results, but }: { results: ReadonlyMap<string, string>; but?: string | undefined },
): Promise<Thread> {
  const origin = publicOrigin(c);
  const newest = await newestMessages(c, taskId);
  const told = newest.filter(({ role, turnId }) => role !== "assistant" || turnId !== but);
  const answers = told.filter(({ role }) => role === "assistant");
  return {
    messages: agUiMessages(told, { results, origin }),
    asides: answers.flatMap((message) => filesAside(message, origin)),
  };
}

async function newestMessages(c: AppContext, taskId: string): Promise<Message[]> {
  let all: Message[] = [];
  let chars = 0;
  let query: ListMessages = { taskId, limit: PAGE_MESSAGES };
  for (;;) {
    const asked = await twice(() => taskRoom(c.env, taskId).messages(c.var.principal, query));
    const { items, nextCursor } = answerOf(asked);
    all = [...items, ...all];
    chars += items.reduce((sum, item) => sum + JSON.stringify(item).length, 0);
    const [first] = items;
    if (nextCursor === null || !first || all.length >= MESSAGES || chars >= CHARS) return all;
    query = { taskId, limit: PAGE_MESSAGES, before: first.id };
  }
}

/** A message for each of the users', and one for each round of an answer, with its thoughts and results. */
export function agUiMessages(
  messages: readonly Message[],
  { results, origin }: { results: ReadonlyMap<string, string>; origin: string },
): AnyMessage[] {
  const taken = new Set<string>();
  return messages.flatMap((message) =>
    message.role === "assistant" ? answer(message) : said(message),
  );

  function said(message: Message): AnyMessage[] {
    const { id, role, author, metadata } = message;
    const content = userContent(message, origin);
    const theirs = markIn(metadata)?.messageId ?? id;
    // An id that somebody else has claimed is not given twice.
    const own = taken.has(theirs) ? id : theirs;
    taken.add(own);
    const name = author?.name;
    return [{ id: own, role, content, ...(name !== undefined && { name }) }];
  }

  function answer(message: Message): AnyMessage[] {
    const speaker = { messageId: message.id, attempt: 1, step: "", bot: "", model: "" };
    const items = restated({ ...speaker, reason: "first" }, message, message.seq);
    const { entries } = items.reduce(shownAfter, nothingShown(message.turnId));
    return entries.map(({ message: own }) =>
      own.role === "tool" ? { ...own, id: results.get(own.toolCallId) ?? own.id } : { ...own },
    );
  }
}
