import type { ListEvents } from "../../../protocol/rest/list-events";
import type { Turn } from "../../../protocol/turn";
import { bodyHash } from "../../../worker/body-hash";
import type { AppContext } from "../../../worker/context";
import { keyOf } from "../../../worker/idempotency";
import { answerOf, taskRoom, twice } from "../../../worker/rooms/ask";
import { listTasks } from "../../../worker/rooms/own-tasks";
import type { TurnRef } from "../ids";

/** Milliseconds after a turn has begun, or is over, in which a client's own repetition of its request means it. */
const REPEAT_MS = 60_000;
/** The newest events of a task among which an earlier question is looked for. */
const EVENTS = 1000;
const PAGE = 200;

/** The label of a task that a request made: what that was, as a hash. */
export const REQUEST_LABEL = "openai.request";

/** A request, told from all others: who asks, with what key, and for what. */
export async function printOf(c: AppContext, body: object): Promise<string> {
  const { userId, keyId } = c.var.principal;
  return bodyHash({ path: c.req.path, userId, keyId, body });
}

/**
 * Whether a client asks again by itself. OpenAI's clients do so after failures of the connection, and
 * send nothing that names the request but this count.
 */
export function isRepeat(c: AppContext): boolean {
  return Number(c.req.header("X-Stainless-Retry-Count") ?? 0) > 0;
}

/** The sender's name for a message: a new one for each request, and the request's own part in front. */
export async function messageName(c: AppContext, print: string): Promise<string> {
  const key = keyOf(c);
  return `${nameBegin(print)}${key === undefined ? crypto.randomUUID() : await bodyHash(key)}`;
}

/**
 * What names the message whose files are stored: the request with its key. Without a key only a request of the
 * same minute is taken for the same: so many tasks as one minute lets be made may carry a file.
 */
export function fileScope(c: AppContext, print: string): string[] {
  const key = keyOf(c) ?? String(Math.floor(Date.now() / REPEAT_MS));
  return ["openai", print, key];
}

function nameBegin(print: string): string {
  return `openai:${print}:`;
}

/** The turn that the request began last in a task of its own. */
export async function turnOfOwnTask(c: AppContext, print: string): Promise<TurnRef | undefined> {
  const { items } = await listTasks(c, {
    limit: 1,
    label: [{ key: REQUEST_LABEL, value: print }],
    ephemeral: true,
  });
  const [task] = items;
  return task && { taskId: task.id, turnId: await firstTurn(c, task.id) };
}

/** Whether a client may still be waiting for a turn's answer, or have lost it a moment ago. */
export function isAwaited({ createdAt, endedAt }: Turn): boolean {
  const since = new Date(Date.now() - REPEAT_MS).toISOString();
  return endedAt === undefined || endedAt > since || createdAt > since;
}

/** The turn that a new task began with. */
export async function firstTurn(c: AppContext, taskId: string): Promise<string> {
  const query = { limit: PAGE };
  const { items } = answerOf(
    await twice(() => taskRoom(c.env, taskId).turns(c.var.principal, query)),
  );
  const turn = items.at(-1);
  if (!turn) throw new Error("a task was made without its turn");
  return turn.id;
}

/** The turn that the request began last in this task, as far as its newest events say. */
export async function turnInTask(
  c: AppContext,
  { id, headSeq }: { id: string; headSeq: number },
  print: string,
): Promise<TurnRef | undefined> {
  let query: ListEvents = {
    after: Math.max(0, headSeq - EVENTS),
    limit: PAGE,
    type: ["chat:message"],
  };
  let found: TurnRef | undefined;
  for (;;) {
    const asked = query;
    const page = await twice(() => taskRoom(c.env, id).events(c.var.principal, asked));
    const { items, nextCursor } = answerOf(page);
    for (const { type, data } of items) {
      if (type !== "chat:message") continue;
      const isIt = data.clientMessageId?.startsWith(nameBegin(print));
      if (isIt) found = { taskId: id, turnId: data.message.turnId };
    }
    if (nextCursor === null) return found;
    query = { ...query, cursor: nextCursor };
  }
}
