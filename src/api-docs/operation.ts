import type * as z from "zod";
import type { ErrorCode } from "../protocol/errors";
import type { Scope } from "../protocol/identity";
import {
  type AnswerHeader,
  PATH_PARAMETERS,
  type PathParameter,
  type RequestHeader,
} from "./parameters";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** A JSON value's schema with an example that it accepts. */
export type Content = { schema: z.ZodType; example: unknown };

export function json<Schema extends z.ZodType>(schema: Schema, example: z.input<Schema>): Content {
  return { schema, example };
}

/** A body that is no JSON. */
export type Media = { type: string; description: string; example: string };

export type Answer = {
  status: number;
  description: string;
  json?: Content;
  /** Beside the JSON, where the caller can choose; or instead of it. */
  media?: Media;
  headers?: readonly AnswerHeader[];
};

/** One operation of the REST API, as both the OpenAPI document and the docs page tell of it. */
export type Operation = {
  id: string;
  tag: string;
  method: Method;
  /** With `{name}` for the path parameters, each of which is in `PATH_PARAMETERS`. */
  path: string;
  summary: string;
  description?: string;
  /** What the credential must allow; `open` needs none. */
  scope: Scope | "open";
  query?: z.ZodType;
  headers?: readonly RequestHeader[];
  /** An empty body counts as `{}`; `required` where that is refused. */
  body?: Content & { required: boolean };
  /** A file of the site: the platform answers with it, and the worker is not asked. */
  isFile?: true;
  /** Asks for a WebSocket. */
  upgrade?: true;
  answer: Answer;
  /** Where there was nothing to do: what was asked for is there. */
  otherwise?: Answer;
  /** Besides those that follow from the rest; see `errorsOf`. */
  errors?: readonly ErrorCode[];
  /** Values for the example call, by parameter; those of the path have one already. */
  example?: Record<string, string>;
};

/** The parameters in a path, in their order. */
export function pathParameters({ path }: Operation): PathParameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name = ""]) =>
    isPathParameter(name) ? [name] : [],
  );
}

function isPathParameter(name: string): name is PathParameter {
  return Object.hasOwn(PATH_PARAMETERS, name);
}

const SIGNED_IN = ["unauthorized", "rate_limited", "auth_not_configured"] as const;

/** Every code that an operation can answer. */
export function errorsOf(operation: Operation): ErrorCode[] {
  const { scope, query, headers, body, isFile, errors = [] } = operation;
  if (isFile) return [];
  return [
    ...new Set<ErrorCode>([
      ...(query || headers || body ? (["invalid_request"] as const) : []),
      ...(scope === "open" ? [] : SIGNED_IN),
      ...(scope === "write" || scope === "admin" ? (["forbidden"] as const) : []),
      ...(pathParameters(operation).length > 0 ? (["not_found"] as const) : []),
      ...(body ? (["payload_too_large"] as const) : []),
      ...errors,
      "unavailable",
      "internal",
    ]),
  ];
}
