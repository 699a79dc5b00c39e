import type { Problem } from "../../protocol/errors";
import { jsonOf, TaskroomError } from "../errors";
import { pageAddress } from "../given/url";
import type { FetchLike } from "../options";
import { Deadline, unlessGivenUp } from "./deadline";

export type QueryValue = string | number | boolean | readonly string[] | undefined;

export type RequestOptions = {
  query?: Record<string, QueryValue>;
  /** A `Blob` goes out as it is, with its type; anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * `path` is below `/api/v1`. Rejects with a `TaskroomError`; or with the signal's own reason, where
 * the caller gave it up.
 */
export type Request = <Answer>(
  method: HttpMethod,
  path: string,
  options?: RequestOptions,
) => Promise<Answer>;

type Parts = {
  url: () => string;
  token: () => Promise<string>;
  timeoutMs: number;
  fetch: () => FetchLike;
};

type Answered = Awaited<ReturnType<FetchLike>>;

/** Bytes that even a slow line takes in a millisecond. */
const SLOW_LINE = 16;

/** Milliseconds that so many bytes may take, either way, on top of what any request may. */
export function lineMs(bytes: number): number {
  return Math.ceil(bytes / SLOW_LINE) || 0;
}

export function requester(parts: Parts): Request {
  return <Answer>(method: HttpMethod, path: string, options: RequestOptions = {}) =>
    ask(parts, method, path, options, async (answered, server) =>
      outcome<Answer>(server, answered, await answered.text()),
    );
}

export type BlobRequest = (path: string, options?: RequestOptions) => Promise<Blob>;

/** For what is no JSON; rejects as a `Request` does. */
export function blobRequester(parts: Parts): BlobRequest {
  return (path, options = {}) =>
    ask(parts, "GET", path, options, async (answered) => {
      if (answered.ok && answered.blob) return answered.blob();
      throw problemError(answered, parsed(await answered.text()));
    });
}

async function ask<Outcome>(
  { url, token, timeoutMs, fetch }: Parts,
  method: HttpMethod,
  path: string,
  { query = {}, body, headers, signal }: RequestOptions,
  read: (answered: Answered, server: string) => Promise<Outcome>,
): Promise<Outcome> {
  const server = url();
  const send = fetch();
  const sent = sentForm(body);
  const authorization = `Bearer ${await unlessGivenUp(token(), signal)}`;
  const deadline = new Deadline(timeoutMs + lineMs(sent.bytes), signal);
  try {
    const answered = await send(`${server}/api/v1${path}${queryText(query)}`, {
      method,
      headers: { authorization, ...sent.headers, ...headers },
      signal: deadline.signal,
      ...(sent.body !== undefined && { body: sent.body }),
    });
    deadline.restart(timeoutMs + lineMs(Number(answered.headers.get("content-length"))));
    return await read(answered, server);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof TaskroomError) throw cause;
    throw new TaskroomError("network", noAnswer(server), { cause });
  } finally {
    deadline.stop();
  }
}

type Sent = { body?: string | Blob; headers: Record<string, string>; bytes: number };

/** A `Blob` is itself, all else JSON. */
function sentForm(body: unknown): Sent {
  if (body === undefined) return { headers: {}, bytes: 0 };
  if (!isBlob(body)) {
    return { body: jsonOf(body), headers: { "content-type": "application/json" }, bytes: 0 };
  }
  return { body, headers: body.type === "" ? {} : { "content-type": body.type }, bytes: body.size };
}

function isBlob(value: unknown): value is Blob {
  return typeof Blob === "function" && value instanceof Blob;
}

/** What an answer comes to; throws the problem that it is. */
function outcome<Answer>(server: string, answered: Answered, text: string): Answer {
  const value = parsed(text);
  if (!answered.ok) throw problemError(answered, value);
  if (value === undefined && text) {
    throw new TaskroomError("bad_answer", `${server} answered with something other than JSON`);
  }
  // The server's answer has the contract's shape.
  return value as Answer;
}

/** A browser does not tell a page which of the two it is. */
export function noAnswer(server: string): string {
  const page = pageAddress();
  const origin = page && new URL(page).origin;
  if (origin === undefined || server === origin || server.startsWith(`${origin}/`)) {
    return `${server} did not answer`;
  }
  return `${server} did not answer, or its ALLOWED_ORIGINS lacks ${origin}`;
}

/** A query as an address has it, with its `?`. */
export function queryText(query: Record<string, QueryValue>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) search.append(name, String(item));
  }
  const text = search.toString();
  return text && `?${text}`;
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What stands between us and the server answers errors too, but not as problems. */
export function problemError(
  { status, headers }: Pick<Answered, "status" | "headers">,
  value: unknown,
): TaskroomError {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const requestId = headers.get("x-request-id");
  const common = {
    status,
    ...(requestId !== null && { requestId }),
    ...(seconds >= 0 && { retryAfterMs: seconds * 1000 }),
  };
  if (!isProblem(value)) {
    return new TaskroomError("bad_answer", `The server answered ${status}`, common);
  }
  const { code, title, detail, issues, retryAfterMs } = value;
  return new TaskroomError(code, detail, {
    ...common,
    title,
    problem: value,
    ...(issues && { issues }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "detail" in value;
}
