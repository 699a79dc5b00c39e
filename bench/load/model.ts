import { createServer, type Server, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import type { Script } from "./script";
import { type Called, toolAnswer } from "./tool-server";

type Message = { role: string; content: string | { text: string }[]; tool_calls?: unknown };
type Asked = { messages: Message[] };
type Part = { script: Script; rounds: number };

/** Tokens of one write when the model is as fast as it is read. */
const BURST_TOKENS = 64;
const TOOLS_PATH = "/tools";

/**
 * The provider behind every system: OpenAI's streamed chat completions, on time. Which script an
 * answer follows is the last user message's to say. It is the tool server, too.
 */
export class Model {
  readonly #scripts = new Map<string, Part>();
  readonly #server: Server;

  /** Where an MCP server with the tool `look` answers. */
  readonly toolsUrl: string;

  private constructor(port: number) {
    this.toolsUrl = `http://127.0.0.1:${port}${TOOLS_PATH}`;
    this.#server = createServer(async (request, response) => {
      if (request.url === TOOLS_PATH) {
        toolAnswer((await json(request)) as Called, response);
        return;
      }
      const asked = (await json(request)) as Asked;
      const part = this.#scripts.get(promptOf(asked));
      if (!part) response.writeHead(404).end();
      else if (roundsOf(asked) < part.rounds) callTools(part.script, response);
      else await answer(part.script, response);
    });
  }

  static async listen(port: number): Promise<Model> {
    const model = new Model(port);
    await new Promise<void>((done) => model.#server.listen(port, "127.0.0.1", done));
    return model;
  }

  /** `rounds`: how often two tools are called before the answer comes. */
  play(prompt: string, script: Script, rounds = 0): void {
    this.#scripts.set(prompt, { script, rounds });
  }

  forget(): void {
    this.#scripts.clear();
  }
}

function promptOf({ messages }: Asked): string {
  const content = messages.findLast(({ role }) => role === "user")?.content ?? "";
  return typeof content === "string" ? content : content.map(({ text }) => text).join("");
}

/** How often tools were called since the last user message. */
function roundsOf({ messages }: Asked): number {
  const asked = messages.findLastIndex(({ role }) => role === "user");
  return messages.slice(asked).filter(({ tool_calls }) => tool_calls !== undefined).length;
}

function callTools(script: Script, response: ServerResponse): void {
  script.askedAt = performance.now();
  response.writeHead(200, { "content-type": "text/event-stream", connection: "close" });
  const calls = [0, 1].map((index) => ({
    ...{ index, id: `call-${index}`, type: "function" },
    function: { name: "look", arguments: JSON.stringify({ at: index }) },
  }));
  const choice = { index: 0, delta: { tool_calls: calls }, finish_reason: "tool_calls" };
  response.end(`data: ${HEAD}"choices":[${JSON.stringify(choice)}]}\n\ndata: [DONE]\n\n`);
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
