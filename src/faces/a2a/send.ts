import type { SendMessage, SentMessage } from "../../operations/a2a/params";
import { type Ref, refText } from "../../protocol/refs";
import type { Task } from "../../protocol/task";
import type { AppContext } from "../../worker/context";
import { answerOf, once, taskRoom, twice } from "../../worker/rooms/ask";
import { isAnswered } from "../answered";
import { carrying } from "../files/carrying";
import { begunOf, contextFor, readTurn } from "./contexts";
import { Fault, notValid } from "./fault";
import { mustBeReachable, pushTo } from "./pushes";
import { type Begun, factsOf, isOver, readUntil } from "./reading";
import { type Word, wordOf } from "./word";
import { mustBeServed, saidIn, textOf } from "./words";

/** Does what a message asks for; gives the turn that it began, or that it is about. */
export async function send(c: AppContext, team: Ref, params: SendMessage): Promise<Begun> {
  mustBeServed(params);
  const { message, configuration } = params;
  const push = configuration?.taskPushNotificationConfig;
  if (push) mustBeReachable(c, push, "configuration.taskPushNotificationConfig.");
  const begun =
    message.taskId === undefined
      ? await ask(c, team, message)
      : await goOn(c, team, { message, taskId: message.taskId });
  if (push) await pushTo(c, begun, push);
  return begun;
}

/** A message of its own: a turn. */
function ask(c: AppContext, team: Ref, message: SentMessage): Promise<Begun> {
  const { text, files } = saidIn(message);
  const { contextId = "", messageId } = message;
  const of = ["a2a", refText(team), contextId, messageId];
  return carrying(c, { files, of }, async (attachments) => {
    const begin = { team, contextId: message.contextId, messageId, text };
    const { task, isNew } = await contextFor(c, begin);
    const room = taskRoom(c.env, task.id);
    const carried = attachments.length > 0 ? { attachments } : {};
    const input = { input: text, clientMessageId: messageId, ...carried };
    // Told again it is the same turn: its message has the client's id.
    const outcome = await twice(() => room.execute(c.var.principal, input));
    if (!outcome.ok && isNew) await forget(c, task);
    return { task, turn: answerOf(outcome).turn };
  });
}

/** A context whose first message was refused has not been begun. */
async function forget(c: AppContext, { id }: Task): Promise<void> {
  const { principal } = c.var;
  const read = await twice(() => taskRoom(c.env, id).read(principal));
  if (!read.ok || read.value.status !== "PENDING") return;
  await twice(() => taskRoom(c.env, id).remove(principal));
}

type GoingOn = { message: SentMessage; taskId: string };

/** A message about a turn: the answer that it waits for, or guidance while it is at work. */
async function goOn(c: AppContext, team: Ref, { message, taskId }: GoingOn): Promise<Begun> {
  const begun = await begunOf(c, team, taskId);
  const { contextId } = message;
  const own = [factsOf(c, begun).contextId, begun.task.id];
  if (contextId !== undefined && !own.includes(contextId)) {
    throw notValid("message.contextId", "not that of the task");
  }
  if (isOver(begun.turn)) {
    throw new Fault("unsupported", "The task is over: send without taskId to go on in its context");
  }
  const word = wordOf(message);
  if (begun.turn.status === "WAITING") await answer(c, begun, word);
  // A word that was given before stands, and is no guidance.
  else if (!word) await guide(c, begun, textOf(message));
  return { task: begun.task, turn: await readTurn(c, begun.task, begun.turn.id) };
}

async function answer(c: AppContext, begun: Begun, word: Word | undefined): Promise<void> {
  const { task, turn } = begun;
  if (turn.waitingFor === "client-tool") {
    throw new Fault("unsupported", "The task waits for the client that carries out a tool");
  }
  if (!word) {
    const forms = 'the task waits for "yes" or "no", or data: {"approve": true, "note": "…"}';
    throw notValid("message.parts", forms);
  }
  const { approve, note, toolCallId } = word;
  for (const place of await placesOf(c, begun, toolCallId)) {
    const input = { ...place, approve, ...(note !== undefined && { note }) };
    const room = taskRoom(c.env, task.id);
    const outcome = await once(() => room.confirmTurn(c.var.principal, turn.id, input));
    // One that somebody has given a moment before stands, and the others are given all the same.
    if (!outcome.ok && !isAnswered(outcome.refusal)) answerOf(outcome);
  }
}

type Place = { step: string; toolCallId?: string; round?: number; index?: number };

/** What a word is on: the step that waits, or calls of it. */
async function placesOf(c: AppContext, begun: Begun, toolCallId?: string): Promise<Place[]> {
  if (begun.turn.waitingFor === "approval") {
    const { questions } = await readUntil(c, begun, "now");
    const meant = questions.filter(
      ({ call }) => toolCallId === undefined || call.toolCallId === toolCallId,
    );
    if (meant.length > 0 || toolCallId === undefined) {
      return meant.map(({ step, round, call: { toolCallId, index } }) => ({
        ...{ step, toolCallId, round, index },
      }));
    }
    throw notValid("message.parts.0.data.toolCallId", "no such call waits");
  }
  const step = begun.turn.steps.find(({ status }) => status === "WAITING")?.step;
  return step === undefined ? [] : [{ step }];
}

async function guide(c: AppContext, { task, turn }: Begun, text: string): Promise<void> {
  if (turn.status === "PENDING") {
    throw new Fault("unsupported", "The task has not begun: it can be steered once it is at work");
  }
  const room = taskRoom(c.env, task.id);
  answerOf(await once(() => room.guideTurn(c.var.principal, turn.id, text)));
}
