import { createServer, type Server, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import type { Script } from "./script";

type Asked = { messages: { role: string; content: string | { text: string }[] }[] };

/** Tokens of one write when the model is as fast as it is read. */
const BURST_TOKENS = 64;

/**
 * The provider behind every system: OpenAI's streamed chat completions, on time. Which script an
 * answer follows is the last user message's to say.
 */
export class Model {
  readonly #scripts = new Map<string, Script>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const asked = (await json(request)) as Asked;
      const script = this.#scripts.get(promptOf(asked));
      if (script) await answer(script, response);
      else response.writeHead(404).end();
    });
  }

  static async listen(port: number): Promise<Model> {
    const model = new Model();
    await new Promise<void>((done) => model.#server.listen(port, "127.0.0.1", done));
    return model;
  }

  play(prompt: string, script: Script): void {
    this.#scripts.set(prompt, script);
  }

  forget(): void {
    this.#scripts.clear();
  }
}

function promptOf({ messages }: Asked): string {
  const content = messages.findLast(({ role }) => role === "user")?.content ?? "";
  return typeof content === "string" ? content : content.map(({ text }) => text).join("");
}

async function answer(script: Script, response: ServerResponse): Promise<void> {
  script.askedAt = performance.now();
  response.writeHead(200, { "content-type": "text/event-stream", connection: "close" });
  response.flushHeaders();
  response.socket?.setNoDelay(true);
  if (script.perSecond === undefined) await burst(script, response);
  else await paced(script, script.perSecond, response);
  response.end(LAST_WORDS);
}

async function burst(script: Script, response: ServerResponse): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  for (let from = 0; from < script.tokens && !response.destroyed; from += BURST_TOKENS) {
    const until = Math.min(from + BURST_TOKENS, script.tokens);
    if (say(script, from, until, response)) continue;
    const drained = new Promise<void>((resolve) => response.once("drain", resolve));
    await Promise.race([drained, closed]);
  }
}

async function paced(script: Script, perSecond: number, response: ServerResponse): Promise<void> {
  const startedAt = performance.now();
  for (let said = 0; said < script.tokens && !response.destroyed; ) {
    const due = 1 + Math.floor(((performance.now() - startedAt) * perSecond) / 1000);
    // Each token is a write of its own, as a provider makes it.
    for (; said < Math.min(due, script.tokens); said++) say(script, said, said + 1, response);
    const next = startedAt + (said * 1000) / perSecond;
    await wait(Math.max(0, next - performance.now()));
  }
}

function say(script: Script, from: number, until: number, response: ServerResponse): boolean {
  let lines = "";
  for (let token = from; token < until; token++) lines += lineOf(script.part(token, token + 1));
  script.writtenAt.fill(performance.now(), from, until);
  return response.write(lines);
}

const HEAD =
  '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"scripted",';

function lineOf(content: string): string {
  return `data: ${HEAD}"choices":[{"index":0,"delta":{"content":"${content}"},"finish_reason":null}]}\n\n`;
}

const LAST_WORDS = [
  `data: ${HEAD}"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`,
  `data: ${HEAD}"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":9,"total_tokens":18}}\n\n`,
  "data: [DONE]\n\n",
].join("");
