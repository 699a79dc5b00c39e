import {
  type ApprovalResponse,
  type InputItem,
  isMessage,
  type ResponseRequest,
} from "../../../operations/openai/response-request";
import { DEFAULT_THREAD } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { answerOf, once, taskRoom, twice } from "../../../worker/rooms/ask";
import { isAnswered } from "../../answered";
import { type Asking, askAnew, askOn, type Begun, readTask, readTurn } from "../asking/asking";
import {
  conversationOf,
  type Line,
  lineOf,
  type Question,
  questionOf,
} from "../asking/conversation";
import { linesOf } from "../asking/references";
import { isRepeat } from "../asking/repeat";
import { taskRef, turnRef } from "../ids";
import { notValid } from "../refusals";
import { keptOf } from "./facts";

/** Turns among which a conversation's last one is looked for: others may be of another thread. */
const NEWEST = 50;

/** Begins the turn that answers a request, or goes on with one that waited for a person's word. */
export async function begin(c: AppContext, body: ResponseRequest): Promise<Begun> {
  const { input } = body;
  const taskId = goingOn(body);
  const approvals = approvalsIn(body);
  if (approvals.length > 0) return approve(c, { taskId, approvals });
  const metadata = body.metadata ?? {};
  if (taskId !== undefined) {
    const before = body.previous_response_id ?? null;
    const check = before === null ? {} : { check: () => mustBeLast(c, before) };
    const going = { taskId, metadata: keptOf(metadata, before), ...check };
    return askOn(c, askingOf(body, lastOf(saidIn(input))), going);
  }
  const { history, ...last } = conversationOf(await wholeOf(c, input));
  return askAnew(c, askingOf(body, last), { history, metadata });
}

/** The task that a request goes on with. */
function goingOn({ previous_response_id, conversation }: ResponseRequest): string | undefined {
  if (previous_response_id) return turnRef(previous_response_id).taskId;
  if (!conversation) return undefined;
  return taskRef(typeof conversation === "string" ? conversation : conversation.id);
}

function wholeOf(c: AppContext, input: ResponseRequest["input"]): Line[] | Promise<Line[]> {
  return typeof input === "string" ? saidIn(input) : linesOf(c, input);
}

/** The messages of a request as they stand there. */
function saidIn(input: ResponseRequest["input"]): Line[] {
  if (typeof input === "string")
    return [{ role: "user", text: input, files: [], path: "input", words: "input" }];
  return input.flatMap((item, i) => (isMessage(item) ? [lineOf(item, `input.${i}`)] : []));
}

/**
 * The words that a request gives. Behind a whole conversation they are the last of it: those in it were given before.
 * Throws where they come with what is to be said in a conversation that is here.
 */
function approvalsIn(body: ResponseRequest): ApprovalResponse[] {
  const { input } = body;
  if (typeof input === "string") return [];
  if (goingOn(body) === undefined) {
    return input.slice(input.findLastIndex(isMessage) + 1).filter(isApproval);
  }
  const approvals = input.filter(isApproval);
  if (approvals.length === 0 || !input.some(isMessage)) return approvals;
  throw notValid("input", "approvals come without messages: they go on with the same answer");
}

function isApproval(item: InputItem): item is ApprovalResponse {
  return item.type === "mcp_approval_response";
}

/** What was said before is in the conversation already. */
function lastOf(lines: readonly Line[]): Question {
  const [line, second] = lines;
  if (second) {
    throw notValid("input", "one message: what was said before is in the conversation already");
  }
  if (line?.role !== "user") {
    throw notValid(line ? `${line.path}.role` : "input", "a conversation goes on with a user");
  }
  return questionOf(line);
}

function askingOf(body: ResponseRequest, { content, files, path }: Question) {
  const names = (name: string) => {
    if (name === "prompt" || name === "input") return path;
    return name === "teamRef" ? "model" : name.replace(/^history/, "input");
  };
  return { body, model: body.model ?? undefined, content, files, names } satisfies Asking;
}

/** Throws unless a conversation's last response is this one: it goes on in one line. */
async function mustBeLast(c: AppContext, responseId: string): Promise<void> {
  const ref = turnRef(responseId);
  const room = () => taskRoom(c.env, ref.taskId);
  const { items } = answerOf(await twice(() => room().turns(c.var.principal, { limit: NEWEST })));
  const last = items.find(({ threadId }) => threadId === DEFAULT_THREAD);
  if (last?.id === ref.turnId) return;
  // One that is not there at all is not found.
  await readTurn(c, ref);
  throw notValid("previous_response_id", "not the conversation's last response: no forks here");
}

type Approving = {
  /** Nothing where a client keeps the conversation itself. */
  taskId: string | undefined;
  approvals: ApprovalResponse[];
};

/** A person's words; the response that asked for them goes on, under its own id. */
async function approve(c: AppContext, { taskId: given, approvals }: Approving): Promise<Begun> {
  const [first] = approvals;
  if (!first) throw new Error("approvals without an approval");
  const taskId = given ?? first.approval_request_id.task;
  if (taskId === undefined) {
    throw notValid("previous_response_id", "names the response that asked for approval");
  }
  const task = await readTask(c, taskId);
  for (const { approval_request_id: asked, approve, reason } of approvals) {
    const { turn, step, call } = asked;
    const word = {
      ...{ step, approve },
      ...(call !== undefined && { toolCallId: call }),
      ...(reason ? { note: reason } : {}),
    };
    const room = taskRoom(c.env, taskId);
    const outcome = await once(() => room.confirmTurn(c.var.principal, turn, word));
    // A client that asks again by itself may have been heard before.
    if (!outcome.ok && isRepeat(c) && isAnswered(outcome.refusal)) continue;
    answerOf(outcome);
  }
  const turnId = first.approval_request_id.turn;
  return { task, turn: await readTurn(c, { taskId, turnId }) };
}
