import * as z from "zod";
import { ByteBound, boundedBody, FOREIGN_REFUSAL_BYTES } from "../../platform/byte-bound";
import { parseJson } from "../../protocol/json";
import { Watch, type WatchLimits } from "../model/watch";
import { watchedBody } from "../model/wire/transport/watched-body";
import { EVENT_UNITS, serverEvents, wholeText } from "../remote/agent-body";
import { MalformedAnswer } from "../remote/agent-failure";
import { retryAfterMs } from "../remote/retry-after";
import { AgentRefused, AgentSilent, AgentStatus } from "./fault";
import type { Call } from "./wire/versions";

const SERVER_ERROR = -32000;
/** Of these the status says more than whatever stands in the body. */
const PLAIN_STATUSES = new Set([401, 403, 429]);

const answer = z.looseObject({
  result: z.unknown().optional(),
  error: z.looseObject({ code: z.number(), message: z.string().catch("") }).nullish(),
});

export type EndpointParts = {
  url: URL;
  /** What every request has. */
  headers: Headers;
  /** Which of the address's agents is meant, where it has several. */
  tenant: string | undefined;
  limits: WatchLimits;
};

/** Where an agent takes calls: JSON-RPC over HTTP, a stream of answers as server-sent events. */
export class Endpoint {
  readonly #parts: EndpointParts;
  #calls = 0;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
  }

  /** The one result of a call. Throws as `answers` does. */
  async ask(call: Call, signal: AbortSignal): Promise<unknown> {
    for await (const result of this.answers(call, signal)) return result;
    throw new MalformedAnswer("The agent's answer is empty.");
  }

  /**
   * The results of a call as they come, until the agent ends them. Throws what `failureOf` takes; where
   * `signal` is aborted, anything. Nothing stays open behind it.
   */
  async *answers(call: Call, signal: AbortSignal): AsyncGenerator<unknown, void> {
    const over = new AbortController();
    const { limits } = this.#parts;
    const watch = new Watch(limits, ({ phase }) => {
      const ms = phase === "first byte" ? limits.firstByteMs : limits.stallMs;
      over.abort(new AgentSilent(ms));
    });
    const stop = () => over.abort();
    signal.addEventListener("abort", stop, { once: true });
    try {
      signal.throwIfAborted();
      const response = await this.#post(call, over.signal);
      if (!response.ok) throw await refusalIn(response);
      yield* results(heard(response, watch));
    } catch (error) {
      throw over.signal.reason instanceof AgentSilent ? over.signal.reason : error;
    } finally {
      watch.stop();
      signal.removeEventListener("abort", stop);
      over.abort();
    }
  }

  #post({ method, params }: Call, signal: AbortSignal): Promise<Response> {
    const { url, headers, tenant } = this.#parts;
    const all = { ...params, ...(tenant !== undefined && { tenant }) };
    return fetch(url, {
      method: "POST",
      headers,
      body: JSON.stringify({ jsonrpc: "2.0", id: ++this.#calls, method, params: all }),
      // A redirect would lead past the check of the address.
      redirect: "manual",
      signal,
    });
  }
}

/** The same answer, whose every byte is life. */
function heard(response: Response, watch: Watch): Response {
  if (!response.body) return response;
  return new Response(
    watchedBody(response.body, () => watch.heard()),
    response,
  );
}

async function* results(response: Response): AsyncGenerator<unknown, void> {
  const type = response.headers.get("content-type") ?? "";
  if (type.split(";")[0]?.trim().toLowerCase() !== "text/event-stream") {
    yield resultIn(await wholeText(response, EVENT_UNITS));
    return;
  }
  // Any of them may hold a file.
  for await (const { data } of serverEvents(response, () => true)) yield resultIn(data);
}

function resultIn(text: string): unknown {
  const { result, error } = answerIn(text) ?? {};
  if (error) throw new AgentRefused(error.code, error.message);
  if (result === undefined) throw new MalformedAnswer("The agent's answer cannot be read.");
  return result;
}

function answerIn(text: string): z.infer<typeof answer> | undefined {
  // Half of a character, whose other half comes with the next piece, is no fault.
  const json = parseJson(text);
  return "value" in json ? answer.safeParse(json.value).data : undefined;
}

/** Some say by a status what others say in an answer. */
async function refusalIn(response: Response): Promise<Error> {
  const { status, headers } = response;
  const error = PLAIN_STATUSES.has(status) ? undefined : await errorIn(response);
  if (error && error.code !== SERVER_ERROR) return new AgentRefused(error.code, error.message);
  return new AgentStatus(status, retryAfterMs(Object.fromEntries(headers)));
}

async function errorIn({ body }: Response) {
  if (!body) return undefined;
  const bytes = FOREIGN_REFUSAL_BYTES;
  const bound = new ByteBound({ eventBytes: bytes, streamBytes: bytes });
  try {
    const text = await new Response(boundedBody(body, bound, () => new Error("long"))).text();
    return answerIn(text)?.error;
  } catch {
    return undefined;
  }
}
