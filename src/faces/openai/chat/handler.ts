import type { CHAT } from "../../../operations/openai/chat";
import type { ChatRequest } from "../../../operations/openai/chat-request";
import { textOf } from "../../../operations/openai/content";
import { refText } from "../../../protocol/refs";
import type { AppContext } from "../../../worker/context";
import { publicOrigin } from "../../../worker/public-url";
import { answerOf, once, taskRoom } from "../../../worker/rooms/ask";
import type { Handlers } from "../../../worker/serving/handler";
import { eventStream } from "../../../worker/streams/event-stream";
import { roomOf } from "../../room-of";
import { turnView } from "../../turn-view/turn-view";
import { type Asking, askAnew, askOn, type Begun } from "../asking/asking";
import { conversationOf, type Line, lastOf, type Question } from "../asking/conversation";
import { sentFiles } from "../asking/sent-files";
import { completionId } from "../ids";
import { seconds } from "../responses/response";
import { ChatAnswer } from "./answer";
import { Chunks, type CompletionFacts, completion } from "./completion";
import { sendable } from "./sendable";
import { Reader } from "./stop-without-reader";

export const chat: Handlers<typeof CHAT> = {
  async create({ c, body }) {
    const begun = await again(c, await begin(c, body));
    const { task, turn } = begun;
    const ref = { taskId: task.id, turnId: turn.id };
    const facts = {
      id: completionId(ref),
      created: seconds(turn.createdAt),
      model: refText(task.teamRef),
      includeUsage: body.stream_options?.include_usage === true,
    };
    const reader = new Reader(c, ref);
    return body.stream ? streamed(c, begun, { reader, facts }) : whole(c, begun, { reader, facts });
  },
};

/** A task of its own, with all that was said before; or one that the request names. */
function begin(c: AppContext, body: ChatRequest): Promise<Begun> {
  const lines = body.messages.map(lineOf);
  const { task: taskId, ...metadata } = body.metadata ?? {};
  if (taskId !== undefined) return askOn(c, askingOf(body, lastOf(lines)), { taskId });
  const { history, ...question } = conversationOf(lines);
  return askAnew(c, askingOf(body, question), { history, ephemeral: true, metadata });
}

function askingOf(body: ChatRequest, { content, files, path }: Question): Asking {
  const names = (name: string) => (name === "prompt" || name === "input" ? path : theirs(name));
  return { body, model: body.model ?? undefined, content, files, names };
}

function theirs(name: string): string {
  if (name === "teamRef") return "model";
  return name.startsWith("history") ? name.replace("history", "messages") : name;
}

function lineOf(message: ChatRequest["messages"][number], i: number): Line {
  const { role, content, name } = message;
  const path = `messages.${i}`;
  const words = `${path}.content`;
  return { role, text: textOf(content ?? ""), files: sentFiles(content, words), name, path, words };
}

/** A client that asks again has lost its answer, and with that stopped it: the same turn begins again. */
async function again(c: AppContext, { task, turn }: Begun): Promise<Begun> {
  if (turn.status !== "INTERRUPTED") return { task, turn };
  const room = taskRoom(c.env, task.id);
  return { task, turn: answerOf(await once(() => room.retryTurn(c.var.principal, turn.id))) };
}

/** Milliseconds of silence after which it is seen whether somebody still reads: nobody else is answered. */
const ALIVE_MS = 2000;

/** What servers note down where nobody is left to be answered. */
const CLIENT_GONE = 499;

type Parts = { reader: Reader; facts: CompletionFacts };

function streamed(c: AppContext, { task, turn }: Begun, { reader, facts }: Parts): Response {
  const answer = new ChatAnswer({ isStreamed: true, origin: publicOrigin(c) });
  const chunks = new Chunks(facts);
  async function* texts(): AsyncGenerator<string, void> {
    yield chunks.begin();
    const items = turnView(roomOf(c, task.id), turn, reader.signal);
    for await (const item of sendable(items)) {
      const words = chunks.words(answer.read(item));
      if (words !== "") yield words;
      if (!answer.ending) continue;
      // What other words are said from here on nobody would read.
      if (item.type === "ended") reader.done();
      else reader.leave();
      yield chunks.end(answer.ending);
      return;
    }
  }
  return eventStream(texts(), { leave: () => reader.leave(), aliveMs: ALIVE_MS });
}

async function whole(
  c: AppContext,
  { task, turn }: Begun,
  { reader, facts }: Parts,
): Promise<Response> {
  const answer = new ChatAnswer({ isStreamed: false, origin: publicOrigin(c) });
  const items = turnView(roomOf(c, task.id), turn, reader.signal);
  for await (const item of sendable(items)) answer.read(item);
  reader.done();
  const { ending } = answer;
  if (!ending) return new Response(null, { status: CLIENT_GONE });
  if ("error" in ending) {
    const headers = { "x-should-retry": "false" };
    return Response.json({ error: ending.error }, { status: ending.status, headers });
  }
  return Response.json(completion(facts, answer, ending));
}
