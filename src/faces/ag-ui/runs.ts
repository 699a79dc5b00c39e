import type { ConnectInput, RunInput, SentMessage } from "../../operations/ag-ui/run-input";
import type { Ref } from "../../protocol/refs";
import type { AppContext } from "../../worker/context";
import { publicOrigin } from "../../worker/public-url";
import { answerOf, once, taskRoom } from "../../worker/rooms/ask";
import { openTurn } from "../open-turn";
import { askedTurn } from "./asking/asked-turn";
import { atOnce, streamed } from "./stream/http";
import { snapshotsFor } from "./stream/snapshots";
import { markIn } from "./thread/mark";
import { openTurnOf } from "./thread/open-turn";
import { threadMessages } from "./thread/thread-messages";
import { findThread } from "./thread/thread-task";

/** A run that asks for something, and reads the turn that comes of it. */
export async function run(c: AppContext, team: Ref, input: RunInput): Promise<Response> {
  const { threadId, runId, messages, context } = input;
  const turn = await askedTurn(c, team, input);
  const around = { messages, results: resultsIn(messages) };
  const unread = context && context.length > 0 ? ["context"] : [];
  const origin = publicOrigin(c);
  const of = { threadId, runId, turnId: turn.id, origin, around, has: messages, tellsAll: false };
  return streamed(c, { turn, run: { ...of, isBefore1: isBefore1(input) }, unread });
}

/** A run that asks for nothing: a thread's messages, and the turn that is open there, whoever began it. */
export async function connect(c: AppContext, team: Ref, input: ConnectInput): Promise<Response> {
  const { threadId, messages: has } = input;
  const results = resultsIn(has);
  const task = await findThread(c, threadId, team);
  const turn = task && (await openTurn(c, task.id));
  const origin = publicOrigin(c);
  const { messages, asides } = task
    ? await threadMessages(c, task.id, { results, but: turn?.id })
    : { messages: [], asides: [] };
  if (turn) {
    const runId = markIn(turn.metadata)?.runId ?? turn.id;
    const around = { messages, results, asides };
    const of = { threadId, runId, turnId: turn.id, origin, around, has, tellsAll: true };
    return streamed(c, { turn, run: { ...of, isBefore1: isBefore1(input) } });
  }
  const { runId } = input;
  return atOnce([
    { type: "RUN_STARTED", threadId, runId },
    ...snapshotsFor(has, messages),
    ...asides,
    { type: "RUN_FINISHED", threadId, runId },
  ]);
}

function isBefore1({ protocolVersion }: ConnectInput): boolean {
  return protocolVersion === undefined || protocolVersion === null;
}

type Stop = { threadId: string; runId: string | undefined };

export async function stop(c: AppContext, team: Ref, { threadId, runId }: Stop) {
  const task = await findThread(c, threadId, team);
  const turn = task && (await openTurnOf(c, task.id, runId));
  if (!turn) return { stopped: false };
  answerOf(await once(() => taskRoom(c.env, turn.taskId).interruptTurn(c.var.principal, turn.id)));
  return { stopped: true };
}

/** The client's own messages with results, by the call. */
function resultsIn(messages: readonly SentMessage[]): Map<string, string> {
  return new Map(
    messages.flatMap(({ id, role, toolCallId }) =>
      role === "tool" && typeof toolCallId === "string" ? [[toolCallId, id] as const] : [],
    ),
  );
}
