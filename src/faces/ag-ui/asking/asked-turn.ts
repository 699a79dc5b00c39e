import type { RunInput } from "../../../operations/ag-ui/run-input";
import { refuse } from "../../../protocol/errors";
import type { Ref } from "../../../protocol/refs";
import type { Turn } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { RefusedRequest } from "../../../worker/problem";
import { answerOf, taskRoom, twice } from "../../../worker/rooms/ask";
import { carrying } from "../../files/carrying";
import { marked } from "../thread/mark";
import { findThread, threadFor } from "../thread/thread-task";
import { give, giveUnsent } from "./giving";
import { filesBefore, historyOf, type Intent, intentOf, saidAlong } from "./intent";
import { hasMessage, isOurs, knownTurn, onceOf, turnOfRun } from "./said-before";

/** Does what a run asks for, and gives the turn that it reads. Throws what is refused. */
export function askedTurn(c: AppContext, team: Ref, input: RunInput): Promise<Turn> {
  const intent = intentOf(input);
  const { kind } = intent;
  return kind === "send" ? send(c, { team, input, intent }) : answer(c, { team, input, intent });
}

type Asking<Kind extends Intent["kind"]> = {
  team: Ref;
  input: RunInput;
  intent: Extract<Intent, { kind: Kind }>;
};

type Sending = Asking<"send">;

/** A thread's first message takes along what came with those before it. */
async function send(c: AppContext, sending: Sending): Promise<Turn> {
  const { team, input, intent } = sending;
  const { threadId, runId } = input;
  const { messageId, index } = intent;
  const before = filesBefore(input.messages.slice(0, index));
  const found = before.length > 0 ? await findThread(c, threadId, team) : undefined;
  // One that was made, and whose first message has not come, is as good as none.
  const begun = found?.status === "PENDING" ? undefined : found;
  // That first message comes again.
  const known = begun && (await turnOfRun(c, begun.id, runId));
  if (known) return known;
  const files = begun ? intent.files : [...before, ...intent.files];
  return carrying(c, { files, of: ["ag-ui", threadId, messageId] }, (attachments) =>
    sent(c, sending, attachments),
  );
}

async function sent(
  c: AppContext,
  { team, input, intent }: Sending,
  attachments: string[],
): Promise<Turn> {
  const { threadId, runId, tools } = input;
  const { content, messageId, index } = intent;
  const history = () => historyOf(input.messages.slice(0, index));
  const { taskId, isNew } = await threadFor(c, { threadId, team, text: content, history });
  if (!isNew) await giveUnsent(c, taskId, input);
  const room = taskRoom(c.env, taskId);
  const more = {
    ...(attachments.length > 0 && { attachments }),
    ...(tools && tools.length > 0 && { clientTools: tools }),
    metadata: marked({ messageId, runId }),
  };
  const message = { input: content, clientMessageId: runId, ...more };
  const sent = { messageId, runId, said: { content, ...more } };
  // What was said elsewhere has no key that this client has given it.
  const before = !isNew && isOurs(messageId) ? await knownTurn(c, taskId, sent) : undefined;
  if (before) return before;
  // Told again it is the same turn: its message has the run's id.
  const outcome = await twice(() => room.execute(c.var.principal, message, onceOf(messageId)));
  if (outcome.ok) return outcome.value.turn;
  if (isNew) await forget(c, taskId);
  const isKnown = outcome.refusal.code === "conflict";
  const turn = isKnown && (await knownTurn(c, taskId, sent));
  if (turn) return turn;
  throw new RefusedRequest(outcome.refusal);
}

/** A thread whose first message was refused has not been begun. */
async function forget(c: AppContext, taskId: string): Promise<void> {
  const { principal } = c.var;
  const read = await twice(() => taskRoom(c.env, taskId).read(principal));
  if (!read.ok || read.value.status !== "PENDING") return;
  await twice(() => taskRoom(c.env, taskId).remove(principal));
}

/** With a person's words a client may send what was said meanwhile: the run is about that. */
async function answer(c: AppContext, { team, input, intent }: Asking<"answer">): Promise<Turn> {
  const task = await findThread(c, input.threadId, team);
  if (!task) throw new RefusedRequest(refuse("not_found", "There is no such thread"));
  const room = () => taskRoom(c.env, task.id);
  const { turnId } = intent;
  const read = async () => answerOf(await twice(() => room().turn(c.var.principal, turnId)));
  await read();
  for (const one of intent.answers) await give(c, task.id, one);
  const said = await saidAlong(input, (id) => hasMessage(c, task.id, id));
  return said ? send(c, { team, input, intent: said }) : read();
}
