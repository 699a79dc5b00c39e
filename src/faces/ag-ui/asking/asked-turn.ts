import type { RunInput } from "../../../operations/ag-ui/run-input";
import { refuse } from "../../../protocol/errors";
import type { Ref } from "../../../protocol/refs";
import type { Turn } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { RefusedRequest } from "../../../worker/problem";
import { answerOf, once, taskRoom, twice } from "../../../worker/rooms/ask";
import { carrying } from "../../files/carrying";
import { marked } from "../thread/mark";
import { findThread, threadFor } from "../thread/thread-task";
import type { Answer } from "./answers";
import { filesBefore, historyOf, type Intent, intentOf } from "./intent";

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

async function turnOfRun(c: AppContext, taskId: string, runId: string): Promise<Turn | undefined> {
  const room = () => taskRoom(c.env, taskId);
  const said = answerOf(await twice(() => room().sentAs(c.var.principal, runId)));
  return said ? answerOf(await twice(() => room().turn(c.var.principal, said.turnId))) : undefined;
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
  const room = taskRoom(c.env, taskId);
  const message = {
    input: content,
    clientMessageId: runId,
    ...(attachments.length > 0 && { attachments }),
    ...(tools && tools.length > 0 && { clientTools: tools }),
    metadata: marked({ messageId, runId }),
  };
  // Told again it is the same turn: its message has the run's id.
  const outcome = await twice(() => room.execute(c.var.principal, message));
  if (!outcome.ok && isNew) await forget(c, taskId);
  return answerOf(outcome).turn;
}

/** A thread whose first message was refused has not been begun. */
async function forget(c: AppContext, taskId: string): Promise<void> {
  const { principal } = c.var;
  const read = await twice(() => taskRoom(c.env, taskId).read(principal));
  if (!read.ok || read.value.status !== "PENDING") return;
  await twice(() => taskRoom(c.env, taskId).remove(principal));
}

async function answer(c: AppContext, { team, input, intent }: Asking<"answer">): Promise<Turn> {
  const task = await findThread(c, input.threadId, team);
  if (!task) throw new RefusedRequest(refuse("not_found", "There is no such thread"));
  const room = () => taskRoom(c.env, task.id);
  const { turnId } = intent;
  const read = async () => answerOf(await twice(() => room().turn(c.var.principal, turnId)));
  await read();
  for (const one of intent.answers) await give(c, task.id, one);
  return read();
}

/** An answer that somebody has given before stands: the run tells of it. */
async function give(c: AppContext, taskId: string, answer: Answer): Promise<void> {
  const { principal } = c.var;
  const room = taskRoom(c.env, taskId);
  const outcome = await once(() => {
    if (answer.kind === "output") {
      const { turnId, toolCallId, given } = answer;
      return room.giveOutput(principal, turnId, { toolCallId, ...given });
    }
    const { asked, approve, note } = answer;
    const { turnId, step, toolCallId } = asked;
    const about = { step, ...(toolCallId !== undefined && { toolCallId }) };
    return room.confirmTurn(principal, turnId, { ...about, approve, ...(note && { note }) });
  });
  if (outcome.ok || ANSWERED.has(outcome.refusal.code)) return;
  throw new RefusedRequest(outcome.refusal);
}

const ANSWERED: ReadonlySet<string> = new Set(["invalid_transition", "not_found", "conflict"]);
