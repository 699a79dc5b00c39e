import {
  type InputItem,
  type ItemReference,
  isMessage,
} from "../../../operations/openai/response-request";
import { isBlank } from "../../../protocol/blank";
import { LIMITS } from "../../../protocol/limits";
import type { Message } from "../../../protocol/message";
import type { AppContext } from "../../../worker/context";
import { RefusedRequest } from "../../../worker/problem";
import { answerOf, taskRoom, twice } from "../../../worker/rooms/ask";
import { messageOf } from "../../message-of";
import { itemRef, type MessageRef } from "../ids";
import { notValid } from "../refusals";
import { type Line, lineOf } from "./conversation";

/** Messages that are read one by one: each may be in a task of its own. */
const ONE_BY_ONE = 20;

/** A message that an item stands for, at its place in a request. */
type Named = MessageRef & { path: string };
type Part = Line | Named;

/**
 * The messages of a whole conversation, those that a client names by their items among them: the answers that it
 * was given here. The task of the last one has been told all that was said before, so one look into it mostly
 * finds all; others are read one by one. Throws `invalid_request` where one is not found.
 */
export async function linesOf(c: AppContext, input: readonly InputItem[]): Promise<Line[]> {
  const parts = partsOf(input);
  const last = parts.findLastIndex(isNamed);
  const named = parts[last];
  if (!named || !isNamed(named)) return parts.flatMap((part) => (isNamed(part) ? [] : [part]));
  const newest = await readable(named, () => newestMessages(c, named.taskId));
  const texts = new Map(told(parts.slice(0, last + 1), newest));
  const rest = [
    ...new Map(parts.filter(isNamed).map((one) => [one.messageId, one])).values(),
  ].filter(({ messageId }) => !texts.has(messageId));
  const tooMany = rest[ONE_BY_ONE];
  if (tooMany)
    throw notValid(
      `${tooMany.path}.id`,
      "too many answers of other conversations: send their texts",
    );
  const found = await Promise.all(rest.map((one) => textOf(c, one)));
  for (const [i, { messageId }] of rest.entries()) texts.set(messageId, found[i] ?? "");
  return parts.map((part) => (isNamed(part) ? lineFor(part, texts) : part));
}

function isNamed(part: Part): part is Named {
  return "messageId" in part;
}

/** One for each message: an answer is several items, with its thoughts and calls among them. */
function partsOf(input: readonly InputItem[]): Part[] {
  const parts: Part[] = [];
  for (const [i, item] of input.entries()) {
    const path = `input.${i}`;
    if (isMessage(item)) parts.push(lineOf(item, path));
    if (item.type !== "item_reference") continue;
    const named = namedBy(item, path);
    const before = parts.at(-1);
    const isSame = before && isNamed(before) && before.messageId === named?.messageId;
    if (named && !isSame) parts.push({ ...named, path });
  }
  return parts;
}

/** Thoughts, calls and questions of before are the team's own, as where they are sent whole. */
function namedBy({ id }: ItemReference, path: string): MessageRef | undefined {
  const ref = itemRef(id);
  if (!ref && !id.startsWith("mcpr_")) throw notValid(`${path}.id`, NO_ITEM);
  return id.startsWith("msg_") ? ref : undefined;
}

const NO_ITEM = "no item of a response here, or one that is there no more";

async function newestMessages(c: AppContext, taskId: string): Promise<Message[]> {
  const query = { taskId, limit: LIMITS.pageItems };
  return answerOf(await twice(() => taskRoom(c.env, taskId).messages(c.var.principal, query)))
    .items;
}

/** What messages say that a conversation names, as far back as a task has just that conversation. */
function* told(parts: readonly Part[], messages: readonly Message[]): Generator<[string, string]> {
  const said = parts.filter((part) => isNamed(part) || !isBlank(part.text));
  const last = said.at(-1);
  let at = messages.findIndex(({ id }) => last && isNamed(last) && id === last.messageId);
  for (const part of said.toReversed()) {
    const message = messages[at--];
    if (!message || !isAlike(part, message)) return;
    if (isNamed(part)) yield [part.messageId, message.content];
  }
}

/** What was said before the task came there with it, without its id. */
function isAlike(part: Part, { id, role, content, imported }: Message): boolean {
  if (isNamed(part)) return role === "assistant" && (imported || id === part.messageId);
  const isTheirs = (role === "assistant") === (part.role === "assistant");
  return isTheirs && content === part.text;
}

async function textOf(c: AppContext, named: Named): Promise<string> {
  const message = await readable(named, () => messageOf(c, named.taskId, named.messageId));
  if (message?.role !== "assistant") throw notValid(`${named.path}.id`, NO_ITEM);
  return message.content;
}

/** A task that is gone, or another's, is as good as none. */
async function readable<T>({ path }: Named, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { code } = error instanceof RefusedRequest ? error.refusal : {};
    throw code === "not_found" || code === "forbidden" ? notValid(`${path}.id`, NO_ITEM) : error;
  }
}

function lineFor({ messageId, path }: Named, texts: ReadonlyMap<string, string>): Line {
  return {
    role: "assistant",
    text: texts.get(messageId) ?? "",
    files: [],
    path,
    words: `${path}.id`,
  };
}
