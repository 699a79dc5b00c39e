import type { Message } from "../../../protocol/message";
import type { ListMessages } from "../../../protocol/rest/list-messages";
import type { Page } from "../../../protocol/rest/page";
import type { AppContext } from "../../../worker/context";
import { publicOrigin } from "../../../worker/public-url";
import { answerOf, taskRoom, twice } from "../../../worker/rooms/ask";
import { shownFiles } from "../../files/shown-file";
import { nothingShown, type Shown, withMessage } from "../shown/shown";
import { type UiMessage, uiParts } from "../ui-message";

type Asked = { taskId: string; limit: number; before?: string | undefined };

/** Pages that are read at most until one turn is whole. */
const PAGES = 10;

/**
 * A page of a task's messages as the client keeps them: the answers of a turn are one. A turn whose
 * beginning lies before the page is left to the next, which begins before the message `nextCursor`.
 */
export async function chatMessages(
  c: AppContext,
  { taskId, limit, before }: Asked,
): Promise<{ messages: UiMessage[]; nextCursor: string | null }> {
  let query: ListMessages = { taskId, limit, ...(before !== undefined && { before }) };
  let all: Message[] = [];
  for (let pages = 1; ; pages++) {
    const asked = await twice(() => taskRoom(c.env, taskId).messages(c.var.principal, query));
    const { items, nextCursor }: Page<Message> = answerOf(asked);
    all = [...items, ...all];
    const isAll = nextCursor === null || items.length === 0;
    const from = isAll || pages === PAGES ? 0 : firstWhole(all);
    const first = all[from];
    if (first || isAll) {
      return {
        messages: uiMessages(all.slice(from), publicOrigin(c)),
        nextCursor: isAll ? null : (first?.id ?? null),
      };
    }
    query = { taskId, limit, ...(all[0] && { before: all[0].id }) };
  }
}

/** Where the answers of a turn that began earlier are over; past the end where they never are. */
function firstWhole(messages: readonly Message[]): number {
  const at = messages.findIndex(({ role }) => role !== "assistant");
  return at < 0 ? messages.length : at;
}

/** A message for each of the user's, and one for each turn that has answered. */
export function uiMessages(messages: readonly Message[], origin: string): UiMessage[] {
  const told = new Map<string, UiMessage | Message[]>();
  for (const message of messages) {
    const isAnswer = message.role === "assistant";
    const key = isAnswer ? message.turnId : message.id;
    const there = told.get(key);
    if (!isAnswer) told.set(key, said(message, origin));
    else if (Array.isArray(there)) there.push(message);
    else told.set(key, [message]);
  }
  const begun = new Map(messages.map(({ turnId, role, seq }) => [`${role} ${turnId}`, seq]));
  return [...told].map(([id, one]) =>
    Array.isArray(one)
      ? answer(one, { shown: nothingShown(id, origin), begun: begun.get(`user ${id}`) })
      : one,
  );
}

function said(message: Message, origin: string): UiMessage {
  const { id, role, content, taskId, turnId, seq } = message;
  const files = shownFiles(message, origin).map(({ name: filename, mediaType, url }) => {
    return { type: "file" as const, filename, mediaType, url };
  });
  const isSaid = content !== "" || files.length === 0;
  const words = isSaid ? [{ type: "text" as const, text: content }] : [];
  return { id, role, parts: [...files, ...words], metadata: { taskId, turnId, seq } };
}

/** `begun`: the number of the turn's first event, where that is known. */
type Answering = { shown: Shown; begun: number | undefined };

function answer(messages: readonly Message[], { shown: before, begun }: Answering): UiMessage {
  const { turnId } = before;
  const [{ taskId, seq: first } = { taskId: "", seq: 0 }] = messages;
  const seq = begun ?? first;
  const shown = messages.reduce(withMessage, before);
  return {
    id: turnId,
    role: "assistant",
    parts: uiParts(shown.parts),
    metadata: { taskId, turnId, seq },
  };
}
