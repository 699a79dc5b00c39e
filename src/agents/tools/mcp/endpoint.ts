import { shownLine } from "../../model/shown-text";
import type { Fields } from "../../model/wire/json";
import { within } from "../../within";
import { type Answer, answerIn, type Hearing } from "./answer";
import { McpFault, unreachable } from "./mcp-fault";
import { mcpFetch } from "./mcp-fetch";
import type { RpcError } from "./rpc-message";
import { needsSignIn } from "./sign-in";

/** How long a message that nobody waits for may take: a reply, a cancellation, a session's end. */
const ASIDE_MS = 5000;
/** Times that a stream is asked for again without anything new in it, and milliseconds before each. */
const MOST_RESUMED = 3;
const RESUMED_AFTER_MS = 1000;
const LEAST_WAIT_MS = 50;
const MOST_WAIT_MS = 30_000;
/** UTF-16 units of a server's own words on a request. */
const WORDS_UNITS = 300;

export type Hold = (work: Promise<unknown>) => void;

export type Question = {
  id: number;
  method: string;
  params?: Fields | undefined;
  /** Of the protocol; over the server's own. */
  headers?: Record<string, string> | undefined;
  signal: AbortSignal;
  hearing?: Hearing | undefined;
};

type Waited = Pick<Question, "id" | "signal" | "hearing"> & { headers: Record<string, string> };

export type Answered = { result: unknown; headers: Headers };

const CLIENT_ERROR = { code: -32601, message: "This client does not answer that." };

/** A server's address: each message goes to it as a POST of its own (MCP, streamable HTTP). */
export class Endpoint {
  readonly url: string;
  readonly #headers: Record<string, string>;
  readonly #hold: Hold;
  #lastId = 0;

  constructor(url: string, headers: Record<string, string>, hold: Hold) {
    this.url = url;
    this.#headers = headers;
    this.#hold = hold;
  }

  nextId(): number {
    return ++this.#lastId;
  }

  /** Throws `McpFault`; where `signal` is aborted, what it was aborted with. */
  async ask({
    id,
    method,
    params,
    headers = {},
    signal,
    hearing = {},
  }: Question): Promise<Answered> {
    signal.throwIfAborted();
    try {
      const message = { jsonrpc: "2.0", id, method, ...(params && { params }) };
      const response = await this.#post(message, headers, signal);
      if (!response.ok) throw await refusal(response, id, signal);
      const answer = await this.#answerIn(response, { id, headers, signal, hearing });
      if (answer.kind === "error") throw reported(answer.error, response.status);
      return { result: answer.result, headers: response.headers };
    } catch (error) {
      signal.throwIfAborted();
      // What is no fault of ours is one of the connection, or of an event past every bound.
      throw error instanceof McpFault ? error : unreachable();
    }
  }

  /** A server may close its stream and have it asked for again: the call goes on meanwhile. */
  async #answerIn(first: Response, { id, headers, signal, hearing }: Waited): Promise<Answer> {
    const hearers = {
      asked: (asked: string | number, what: string) => this.#reply(asked, what, headers),
      ...hearing,
    };
    let last = "";
    for (let body = first.body, left = MOST_RESUMED; ; left--) {
      const read = await answerIn({ body, id, signal }, hearers);
      if ("answer" in read) return read.answer;
      const { fault, mark = { id: last, retryMs: undefined } } = read;
      if (mark.id === "" || left === 0) throw fault;
      if (mark.id !== last) left = MOST_RESUMED;
      last = mark.id;
      await pause(mark.retryMs, signal);
      const next = await this.#goOn(last, headers, signal);
      if (!next) throw fault;
      body = next.body;
    }
  }

  async #goOn(
    mark: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Response | undefined> {
    const own = { ...this.#headers, accept: "text/event-stream", "last-event-id": mark };
    const init = { method: "GET", headers: { ...own, ...headers }, signal };
    const response = await mcpFetch(this.url, init);
    if (response.ok) return response;
    void response.body?.cancel().catch(() => undefined);
    return undefined;
  }

  /** Sends what has no answer; never rejects. `ms`: how long it may take. */
  tell(message: Fields, headers: Record<string, string>, ms = ASIDE_MS): Promise<void> {
    const body = { jsonrpc: "2.0", ...message };
    return aside(ms, (signal) => this.#post(body, headers, signal));
  }

  /** Ends a session; never rejects. */
  delete(headers: Record<string, string>): Promise<void> {
    const init = { method: "DELETE", headers: { ...this.#headers, ...headers } };
    return aside(ASIDE_MS, (signal) => mcpFetch(this.url, { ...init, signal }));
  }

  hold(work: Promise<unknown>): void {
    this.#hold(work);
  }

  /** Older servers ask clients, too, and may wait for what they say. */
  #reply(id: string | number, method: string, headers: Record<string, string>): void {
    const said = method === "ping" ? { result: {} } : { error: CLIENT_ERROR };
    this.#hold(this.tell({ id, ...said }, headers));
  }

  #post(message: object, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
    return mcpFetch(this.url, {
      method: "POST",
      headers: {
        ...this.#headers,
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        ...headers,
      },
      body: JSON.stringify(message),
      signal,
    });
  }
}

function pause(ms: number | undefined, signal: AbortSignal): Promise<void> {
  const waitMs = Math.min(Math.max(ms ?? RESUMED_AFTER_MS, LEAST_WAIT_MS), MOST_WAIT_MS);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, waitMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Of what is said by the way neither the answer nor the lack of one matters. */
async function aside(ms: number, send: (signal: AbortSignal) => Promise<Response>): Promise<void> {
  const response = await within(ms, undefined, send).catch(() => undefined);
  void response?.body?.cancel().catch(() => undefined);
}

async function refusal(response: Response, id: number, signal: AbortSignal): Promise<McpFault> {
  const { status, headers } = response;
  const { error, words } = await errorIn(response, id, signal);
  if (status === 401 || status === 403) return needsSignIn(status, headers.get("www-authenticate"));
  if (error) return reported(error, status);
  const isRedirect = status >= 300 && status < 400;
  const why = isRedirect
    ? `redirects, which is not followed (HTTP ${status})`
    : `answers with HTTP ${status}`;
  return new McpFault("status", why, { status, namesSession: /\bsession\b/i.test(words) });
}

async function errorIn(
  { body }: Response,
  id: number,
  signal: AbortSignal,
): Promise<{ error?: RpcError; words: string }> {
  const read = await answerIn({ body, id, signal }, {}).catch(() => undefined);
  if (!read || !("answer" in read)) return { words: read?.words ?? "" };
  return { ...(read.answer.kind === "error" && { error: read.answer.error }), words: "" };
}

function reported(error: RpcError, status: number): McpFault {
  const said = shownLine(error.message, WORDS_UNITS);
  const code = error.code === undefined ? "" : ` ${error.code}`;
  const words = `reports the error${code}${said && `: ${said}`}`;
  return new McpFault("reported", words, { status, error });
}
