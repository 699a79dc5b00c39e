import type { ListItems } from "../../../operations/openai/queries";
import { LIMITS } from "../../../protocol/limits";
import type { Message } from "../../../protocol/message";
import type { ListMessages } from "../../../protocol/rest/list-messages";
import type { Page } from "../../../protocol/rest/page";
import type { Turn } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { answerOf, taskRoom, twice } from "../../../worker/rooms/ask";
import { inWordsOf, notValid } from "../refusals";
import { textPart } from "../responses/output-item";

/** A message as an item of a conversation. */
export function itemOf({ id, role, content, status }: Message) {
  const part = role === "assistant" ? textPart(content) : { type: "input_text", text: content };
  return {
    type: "message",
    id,
    role,
    status: status === "complete" ? "completed" : "incomplete",
    content: [part],
  };
}
type Item = ReturnType<typeof itemOf>;

export function itemsPage(data: Item[], has_more: boolean) {
  const first_id = data[0]?.id ?? null;
  return { object: "list", data, first_id, last_id: data.at(-1)?.id ?? null, has_more };
}

/** Pages of messages that are gone through to a conversation's beginning. */
const PAGES = 50;
const BEFORE_OR_AFTER = /^(before|after)$/;

/** A page of what was said in a task, in the protocol's order. */
export async function pageOf(c: AppContext, taskId: string, query: ListItems) {
  const { order, after, limit } = query;
  if (order === "desc") {
    const page = await messages(c, taskId, {
      limit,
      ...(after !== undefined && { before: after }),
    });
    return itemsPage(page.items.toReversed().map(itemOf), page.nextCursor !== null);
  }
  if (after === undefined) return fromTheBeginning(c, taskId, limit);
  const { items, nextCursor } = await messages(c, taskId, { after, limit });
  return itemsPage(items.map(itemOf), nextCursor !== null);
}

async function fromTheBeginning(c: AppContext, taskId: string, limit: number) {
  let page = await messages(c, taskId, { limit: LIMITS.pageItems });
  let first: Message[] = page.items;
  for (let pages = 1; page.nextCursor !== null; pages++) {
    if (pages === PAGES) throw notValid("order", "too long for that: only desc");
    page = await messages(c, taskId, { limit: LIMITS.pageItems, cursor: page.nextCursor });
    first = [...page.items, ...first.slice(0, limit + 1)];
  }
  return itemsPage(first.slice(0, limit).map(itemOf), first.length > limit);
}

/** A turn's own message: the one before what follows it. */
export async function questionOf(c: AppContext, { taskId, messageId }: Turn): Promise<Message[]> {
  const [next] = (await messages(c, taskId, { after: messageId, limit: 1 })).items;
  const { items } = await messages(c, taskId, { limit: 1, ...(next && { before: next.id }) });
  return items.filter(({ id }) => id === messageId);
}

type Range = Omit<ListMessages, "taskId">;

async function messages(c: AppContext, taskId: string, range: Range): Promise<Page<Message>> {
  const room = () => taskRoom(c.env, taskId);
  try {
    return answerOf(await twice(() => room().messages(c.var.principal, { taskId, ...range })));
  } catch (error) {
    throw inWordsOf(error, (path) => path.replace(BEFORE_OR_AFTER, "after"));
  }
}
