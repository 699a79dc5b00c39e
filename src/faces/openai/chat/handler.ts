import type { CHAT } from "../../../operations/openai/chat";
import type { ChatRequest } from "../../../operations/openai/chat-request";
import { refText } from "../../../protocol/refs";
import type { AppContext } from "../../../worker/context";
import { publicOrigin } from "../../../worker/public-url";
import type { Handlers } from "../../../worker/serving/handler";
import { eventStream } from "../../../worker/streams/event-stream";
import { type Asking, askAnew, askOn, type Begun } from "../asking/asking";
import { conversationOf, lastOf, lineOf, type Question } from "../asking/conversation";
import { completionId } from "../ids";
import { seconds } from "../responses/response";
import { ChatAnswer } from "./answer";
import { Chunks, type CompletionFacts, completion } from "./completion";
import { answering, triedAgain } from "./read-on";
import { Reader } from "./stop-without-reader";

export const chat: Handlers<typeof CHAT> = {
  async create({ c, body }) {
    const begun = await whateverBecomesOfReader(c, again(c, begin(c, body)));
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
  const lines = body.messages.map((message, i) => lineOf(message, `messages.${i}`));
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

/** A client that goes away while its turn is begun would take along what is to stop it. */
function whateverBecomesOfReader<T>(c: AppContext, work: Promise<T>): Promise<T> {
  c.executionCtx.waitUntil(work.catch(() => undefined));
  return work;
}

/** A client that asks again has lost its answer, and with that stopped it: the same turn begins again. */
async function again(c: AppContext, begun: Promise<Begun>): Promise<Begun> {
  const { task, turn } = await begun;
  return { task, turn: turn.status === "INTERRUPTED" ? await triedAgain(c, turn) : turn };
}

/** Milliseconds of silence after which it is seen whether somebody still reads: nobody else is answered. */
const ALIVE_MS = 2000;

/** What servers note down where nobody is left to be answered. */
const CLIENT_GONE = 499;

type Parts = { reader: Reader; facts: CompletionFacts };

function streamed(c: AppContext, { turn }: Begun, { reader, facts }: Parts): Response {
  const answer = new ChatAnswer({ isStreamed: true, origin: publicOrigin(c) });
  const chunks = new Chunks(facts);
  async function* texts(): AsyncGenerator<string, void> {
    yield chunks.begin();
    for await (const item of answering(c, turn, reader.signal)) {
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

async function whole(c: AppContext, { turn }: Begun, { reader, facts }: Parts): Promise<Response> {
  const answer = new ChatAnswer({ isStreamed: false, origin: publicOrigin(c) });
  for await (const item of answering(c, turn, reader.signal)) answer.read(item);
  reader.done();
  const { ending } = answer;
  if (!ending) return new Response(null, { status: CLIENT_GONE });
  if ("error" in ending) {
    const headers = { "x-should-retry": "false" };
    return Response.json({ error: ending.error }, { status: ending.status, headers });
  }
  return Response.json(completion(facts, answer, ending));
}
