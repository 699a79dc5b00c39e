import type { ListItems } from "../../../operations/openai/queries";
import { LIMITS } from "../../../protocol/limits";
import type { Message } from "../../../protocol/message";
import type { ListMessages } from "../../../protocol/rest/list-messages";
import type { Page } from "../../../protocol/rest/page";
import type { AppContext } from "../../../worker/context";
import { publicOrigin } from "../../../worker/public-url";
import { answerOf, taskRoom, twice } from "../../../worker/rooms/ask";
import { linksTo } from "../../files/links";
import { shownFiles } from "../../files/shown-file";
import { inWordsOf, notValid } from "../refusals";
import { textPart } from "../responses/output-item";

/** Messages as items of a conversation. */
export function itemsOf(c: AppContext): (message: Message) => Item {
  const origin = publicOrigin(c);
  return (message) => itemOf(message, origin);
}

function itemOf(message: Message, origin: string) {
  const { id, role, status } = message;
  return {
    type: "message",
    id,
    role,
    status: status === "complete" ? "completed" : "incomplete",
    content: role === "assistant" ? answered(message, origin) : asked(message, origin),
  };
}
type Item = ReturnType<typeof itemOf>;

/** As a response has them: the files below what is said. */
function answered(message: Message, origin: string): object[] {
  const { content } = message;
  const { text, links } = linksTo(shownFiles(message, origin), { below: content });
  return [textPart(content), ...(links.length > 0 ? [textPart(text, links)] : [])];
}

function asked(message: Message, origin: string): object[] {
  const { content } = message;
  const files = shownFiles(message, origin).map(({ name, mediaType, url }) =>
    mediaType.startsWith("image/")
      ? { type: "input_image", image_url: url, detail: "auto" }
      : { type: "input_file", file_url: url, filename: name },
  );
  const isSaid = content !== "" || files.length === 0;
  return [...(isSaid ? [{ type: "input_text", text: content }] : []), ...files];
}

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
    return itemsPage(page.items.toReversed().map(itemsOf(c)), page.nextCursor !== null);
  }
  if (after === undefined) return fromTheBeginning(c, taskId, limit);
  const { items, nextCursor } = await messages(c, taskId, { after, limit });
  return itemsPage(items.map(itemsOf(c)), nextCursor !== null);
}

async function fromTheBeginning(c: AppContext, taskId: string, limit: number) {
  let page = await messages(c, taskId, { limit: LIMITS.pageItems });
  let first: Message[] = page.items;
  for (let pages = 1; page.nextCursor !== null; pages++) {
    if (pages === PAGES) throw notValid("order", "too long for that: only desc");
    page = await messages(c, taskId, { limit: LIMITS.pageItems, cursor: page.nextCursor });
    first = [...page.items, ...first.slice(0, limit + 1)];
  }
  return itemsPage(first.slice(0, limit).map(itemsOf(c)), first.length > limit);
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
