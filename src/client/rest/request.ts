import type { Problem } from "../../protocol/errors";
import { TaskroomError } from "../errors";
import type { FetchLike } from "../options";

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
  url: string;
  token: () => Promise<string>;
  timeoutMs: number;
  fetch: FetchLike;
};

type Answered = Awaited<ReturnType<FetchLike>>;

/** Bytes that even a slow line takes in a millisecond. */
const SLOW_LINE = 16;

export function requester(parts: Parts): Request {
  return async <Answer>(method: HttpMethod, path: string, options: RequestOptions = {}) => {
    const { response, body: text } = await ask(parts, method, path, options, (answered) =>
      answered.text(),
    );
    const value = parsed(text);
    if (!response.ok) throw problemError(response, value);
    if (value === undefined && text) {
      const detail = `${parts.url} answered with something other than JSON`;
      throw new TaskroomError("bad_answer", detail);
    }
    // The server's answer has the contract's shape.
    return value as Answer;
  };
}

export type BlobRequest = (path: string, options?: RequestOptions) => Promise<Blob>;

/** For what is no JSON; rejects as a `Request` does. */
export function blobRequester(parts: Parts): BlobRequest {
  return async (path, options = {}) => {
    const read = (answered: Answered): Promise<Blob | string> =>
      answered.ok && answered.blob ? answered.blob() : answered.text();
    const { response, body } = await ask(parts, "GET", path, options, read);
    if (typeof body === "string") throw problemError(response, parsed(body));
    return body;
  };
}

async function ask<Body>(
  { url, token, timeoutMs, fetch }: Parts,
  method: HttpMethod,
  path: string,
  { query = {}, body, headers, signal }: RequestOptions,
  read: (response: Answered) => Promise<Body>,
): Promise<{ response: Answered; body: Body }> {
  const authorization = `Bearer ${await token()}`;
  const bytes = body instanceof Blob ? body.size : 0;
  const deadline = AbortSignal.timeout(timeoutMs + Math.ceil(bytes / SLOW_LINE));
  try {
    const response = await fetch(`${url}/api/v1${path}${queryText(query)}`, {
      method,
      headers: { authorization, ...typeOf(body), ...headers },
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      ...(body !== undefined && { body: body instanceof Blob ? body : JSON.stringify(body) }),
    });
    return { response, body: await read(response) };
  } catch (cause) {
    signal?.throwIfAborted();
    throw new TaskroomError("network", `${url} did not answer`, { cause });
  }
}

function typeOf(body: unknown): { "content-type"?: string } {
  if (body === undefined) return {};
  if (!(body instanceof Blob)) return { "content-type": "application/json" };
  return body.type === "" ? {} : { "content-type": body.type };
}

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
