import { refuse } from "../../../protocol/errors";
import type { Ref } from "../../../protocol/refs";
import { refText } from "../../../protocol/refs";
import type { CreateTask } from "../../../protocol/rest/create-task";
import type { Task } from "../../../protocol/task";
import type { Turn } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { keyOf } from "../../../worker/idempotency";
import { RefusedRequest } from "../../../worker/problem";
import { answerOf, once, taskRoom, twice } from "../../../worker/rooms/ask";
import { createTask } from "../../../worker/rooms/own-tasks";
import { carrying } from "../../files/carrying";
import type { SentFile } from "../../files/sent-file";
import type { TurnRef } from "../ids";
import { inWordsOf, notValid } from "../refusals";
import { teamOf } from "../team";
import {
  fileScope,
  firstTurn,
  isAwaited,
  isRepeat,
  messageName,
  printOf,
  REQUEST_LABEL,
  turnInTask,
  turnOfOwnTask,
} from "./repeat";

/** What a request wants answered, where its words come from told by `names`. */
export type Asking = {
  /** All of the request: the same again is the same request. */
  body: object;
  model: string | undefined;
  content: string;
  files: readonly SentFile[];
  /** A field of ours in the request's own words. */
  names: (path: string) => string;
};

export type Begun = { task: Task; turn: Turn };

/** The team that a request names, or the one that answers where it names none. */
function namedTeam(model: string | undefined): Ref | undefined {
  if (model === undefined) return undefined;
  const team = teamOf(model);
  if (team) return team;
  const issues = [{ path: "model", message: 'a model is a team, as "system/assistant" is' }];
  throw new RefusedRequest(refuse("not_found", "There is no such model", { issues }));
}

/** A turn in a task of its own. The client's own repetition of a request gives the same turn. */
export async function askAnew(
  c: AppContext,
  { body, model, content, files, names }: Asking,
  task: Pick<CreateTask, "history" | "ephemeral" | "metadata">,
): Promise<Begun> {
  const print = await printOf(c, body);
  const earlier = await awaited(c, () => turnOfOwnTask(c, print));
  if (earlier) return { task: await readTask(c, earlier.taskId), turn: earlier };
  const teamRef = namedTeam(model);
  const wanted = { ...task, prompt: content, labels: { [REQUEST_LABEL]: print } };
  const created = await inTheirWords(names, () =>
    carrying(c, { files, of: fileScope(c, print) }, (attachments) =>
      createTask(c, { ...wanted, ...carried(attachments), ...(teamRef && { teamRef }) }),
    ),
  );
  const taskId = created.task.id;
  const turnId = await firstTurn(c, taskId);
  return { task: created.task, turn: await readTurn(c, { taskId, turnId }) };
}

export type Going = {
  taskId: string;
  /** Kept with the message. */
  metadata?: Turn["metadata"];
  /** Refuses where the conversation is not where the request takes it to be. */
  check?: () => Promise<void>;
};

/** A turn that goes on with a task. The same holds for repetitions. */
export async function askOn(
  c: AppContext,
  { body, model, content, files, names }: Asking,
  { taskId, metadata, check }: Going,
): Promise<Begun> {
  const task = await readTask(c, taskId);
  const team = namedTeam(model);
  if (team && refText(team) !== refText(task.teamRef)) {
    throw notValid("model", `the conversation's team is ${refText(task.teamRef)}`);
  }
  const print = await printOf(c, body);
  const earlier = await awaited(c, () => turnInTask(c, task, print));
  if (earlier) return { task, turn: earlier };
  await check?.();
  const clientMessageId = await messageName(c, print);
  const input = { input: content, clientMessageId, ...(metadata && { metadata }) };
  const { turn } = await inTheirWords(names, () =>
    carrying(c, { files, of: fileScope(c, print) }, async (attachments) => {
      const message = { ...input, ...carried(attachments) };
      const room = taskRoom(c.env, taskId);
      return answerOf(await once(() => room.execute(c.var.principal, message, keyOf(c))));
    }),
  );
  return { task, turn };
}

/** The turn that a client means which asks again by itself. */
async function awaited(
  c: AppContext,
  find: () => Promise<TurnRef | undefined>,
): Promise<Turn | undefined> {
  const ref = isRepeat(c) ? await find() : undefined;
  const turn = ref && (await readTurn(c, ref));
  return turn && isAwaited(turn) ? turn : undefined;
}

function carried(attachments: string[]): { attachments?: string[] } {
  return attachments.length > 0 ? { attachments } : {};
}

export async function readTask(c: AppContext, taskId: string): Promise<Task> {
  return answerOf(await twice(() => taskRoom(c.env, taskId).read(c.var.principal)));
}

export async function readTurn(c: AppContext, { taskId, turnId }: TurnRef): Promise<Turn> {
  return answerOf(await twice(() => taskRoom(c.env, taskId).turn(c.var.principal, turnId)));
}

async function inTheirWords<T>(names: Asking["names"], ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw inWordsOf(error, names);
  }
}
