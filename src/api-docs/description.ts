import type * as z from "zod";
import type { Face, Group, Operation } from "../operations/operation";
import type { ErrorCode } from "../protocol/errors";
import type { JsonSchema } from "./json-schema";
import type { AnswerHeader, RequestHeader } from "./parameters";

/** A JSON value's schema with an example that it accepts. */
export type Content = { schema: z.ZodType; example: unknown };

export function json<Schema extends z.ZodType>(schema: Schema, example: z.input<Schema>): Content {
  return { schema, example };
}

type Answer = { description: string; headers?: readonly AnswerHeader[] };

/** With JSON, but for what has none by its status, and what may be of another type instead. */
type AnswerTo<O extends Operation> = Answer &
  (O extends { status: 101 | 204 }
    ? { json?: never }
    : O extends { media: string }
      ? { json?: Content }
      : { json: Content });

/** All that the table leaves out of an operation: what only its readers need. */
export type Description<O extends Operation> = {
  description?: string;
  headers?: readonly RequestHeader[];
  answer: AnswerTo<O>;
  /** Besides those that follow from the rest; see `errorsOf`. */
  errors?: readonly ErrorCode[];
  /** Values for the example call, by name in the query. */
  example?: Record<string, string>;
} & (O extends { body: infer Schema extends z.ZodType }
  ? { /** An example. */ body: z.input<Schema> }
  : { body?: never }) &
  (O extends { otherwise: number } ? { otherwise: AnswerTo<O> } : { otherwise?: never }) &
  (O extends { media: string }
    ? { media: { description: string; example: string } }
    : { media?: never });

/** A description for each operation of a group, and no more. */
export type Descriptions<G extends Group> = { [Name in keyof G]: Description<G[Name]> };

type Groups = Record<string, Group>;

/** The names of all path parameters. */
type ParameterOf<G extends Groups> = {
  [Name in keyof G]: {
    [One in keyof G[Name]]: G[Name][One] extends { params: infer Params }
      ? keyof Params & string
      : never;
  }[keyof G[Name]];
}[keyof G];

export type ParameterText = { description: string; example: string };

/** How a face writes its errors. */
export type ErrorForm = {
  /** Goes before the names of the components: a face's own, or nothing. */
  prefix: string;
  type: string;
  /** What all of these codes, which have one status, look like. */
  content: (codes: readonly [ErrorCode, ...ErrorCode[]]) => {
    schema: JsonSchema;
    example: unknown;
  };
};

/** All that the table leaves out of a face. */
export type FaceDescription<F extends Face> = {
  errors: ErrorForm;
  parameters: Record<ParameterOf<F["groups"]>, ParameterText>;
  groups: { [Name in keyof F["groups"]]: Descriptions<F["groups"][Name]> };
};
