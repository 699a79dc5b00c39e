import { taskId } from "../../protocol/ids";
import type { Ref } from "../../protocol/refs";
import type { Turn, TurnStatus } from "../../protocol/turn";
import { bodyHash } from "../../worker/body-hash";
import type { AppContext } from "../../worker/context";
import { mayCreate } from "../../worker/middleware/creation-limit";
import { readId } from "../../worker/path-id";
import { answerOf, once, taskRoom, twice } from "../../worker/rooms/ask";
import { createTask } from "../../worker/rooms/own-tasks";
import type { Call } from "./call";

const PAGE = 50;
const OPEN: TurnStatus[] = ["PROCESSING", "WAITING"];

type Begin = { team?: Ref | undefined; input: string; title?: string | undefined };

/** Makes a task and its first turn; the same call again gives those that it made before. */
export async function beginTask(call: Call, { team, input, title }: Begin): Promise<Turn> {
  const { c } = call;
  await mayCreate(c, "tasks");
  const key = await nameOf(call);
  const { task } = await createTask(c, {
    prompt: input,
    ...(team && { teamRef: team }),
    ...(title !== undefined && { title }),
    ...(key !== undefined && { key }),
  });
  const turn = (await turnsOf(c, task.id)).at(-1);
  if (!turn) throw new Error("a task was made without its turn");
  return turn;
}

/** Sends a message to a task; the same call again is the same message. */
export async function sendTo(call: Call, task: string, input: string): Promise<Turn> {
  const { c } = call;
  const room = taskRoom(c.env, idOf(task));
  const clientMessageId = await nameOf(call);
  const message = { input, ...(clientMessageId !== undefined && { clientMessageId }) };
  return answerOf(await once(() => room.execute(c.var.principal, message))).turn;
}

/** The turn of a task that is at work, else the one that is next, else the last; the newest are looked at. */
export async function currentTurn(c: AppContext, task: string): Promise<Turn | undefined> {
  const turns = await turnsOf(c, task);
  const waiting = turns.filter(({ status }) => status === "PENDING");
  return turns.find(({ status }) => OPEN.includes(status)) ?? waiting.at(-1) ?? turns[0];
}

export async function readTurn(c: AppContext, task: string, turnId: string): Promise<Turn> {
  return answerOf(await twice(() => taskRoom(c.env, task).turn(c.var.principal, turnId)));
}

/** What is no id of a task names none. */
export function idOf(task: string): string {
  return readId(taskId, task);
}

async function turnsOf(c: AppContext, task: string): Promise<Turn[]> {
  const room = () => taskRoom(c.env, task);
  return answerOf(await twice(() => room().turns(c.var.principal, { limit: PAGE }))).items;
}

async function nameOf({ key }: Call): Promise<string | undefined> {
  return key === undefined ? undefined : `mcp:${await bodyHash(key)}`;
}
