export type QueryValue = string | number | boolean | readonly string[] | undefined;

export type RequestOptions = {
  query?: Record<string, QueryValue>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** `path` is below `/api/v1`. Rejects with a `TaskroomError`. */
export type Request = <Answer>(
  method: HttpMethod,
  path: string,
  options?: RequestOptions,
) => Promise<Answer>;
