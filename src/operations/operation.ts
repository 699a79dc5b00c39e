import type * as z from "zod";
import type { Scope } from "../protocol/identity";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** What makes something that stays, or has others do something: each has a limit of its own under the general one. */
export type Creation = "tasks" | "keys" | "webhooks" | "trials" | "files";

/** One operation of the service: all that its server and its description must agree on. */
export type Operation = {
  /** Unique over all faces. */
  id: string;
  tag: string;
  method: Method;
  /**
   * With `{name}` for the parameters; `{+name}` for one that may hold slashes, written as they are or
   * as `%2F` (RFC 6570, section 3.2.3).
   */
  path: string;
  /** By name, all that are in the path; what does not fit names nothing, and is `not_found`. */
  params?: Record<string, z.ZodType<string>>;
  summary: string;
  /** What the credential must allow; `open` needs none. */
  scope: Scope | "open";
  /** Without one, whatever the query says is of no account. */
  query?: z.ZodType;
  /** Of the JSON; an empty body counts as `{}`. Without one the body is not read. */
  body?: z.ZodType;
  /** The body is bytes of whatever type the request says, and its handler streams them; it has no schema. */
  raw?: true;
  /** Bytes that the body may have; by default `LIMITS.bodyBytes`. */
  bodyBytes?: number;
  /** The field that all past `LIMITS.bodyBytes` is meant for. */
  largeField?: string;
  /** Bytes that it may have beside long texts, which files come in; by default as many as in all. */
  besideTexts?: number;
  /** Of the answer: JSON, unless it is 101 or 204. */
  status: number;
  /** Where there was nothing to do: what was asked for is there. */
  otherwise?: number;
  /** The type of an answer beside the JSON, or instead of it. */
  media?: string;
  /** Counts against the limit of such creations. */
  limit?: Creation;
  /** Takes WebSocket upgrades alone. */
  upgrade?: true;
  /** A page of a foreign origin may not ask. */
  sameOrigin?: true;
};

/** A face, as metrics tell it from others. */
export type Via = "rest" | "openai" | "ai-sdk" | "a2a" | "mcp" | "ag-ui" | "streams";

/** The operations of one concept, by what they do to it. */
export type Group = Record<string, Operation>;

/** A protocol that the service speaks: what it offers, and where everything is in its words. */
export type Face<Groups extends Record<string, Group> = Record<string, Group>> = {
  /** At and below these paths errors have the face's form, also where there is nothing. */
  below: readonly `/${string}`[];
  /** What its refusals count under. */
  via: Via;
  groups: Groups;
};

/** Every operation of a face. */
export function operationsOf({ groups }: Face): Operation[] {
  return Object.values(groups).flatMap((group) => Object.values(group));
}

/** The parameters of an operation, by name. */
export type ParamsOf<O extends Operation> = O extends {
  params: infer Params extends Record<string, z.ZodType<string>>;
}
  ? { [Name in keyof Params]: z.output<Params[Name]> }
  : Record<never, string>;

export type QueryOf<O extends Operation> = O extends { query: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : undefined;

export type BodyOf<O extends Operation> = O extends { body: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : undefined;
