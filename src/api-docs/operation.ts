import type { Face, Group, Operation } from "../operations/operation";
import type { ErrorCode } from "../protocol/errors";
import type { Content, ErrorForm, ParameterText } from "./description";
import type { AnswerHeader, Parameter, RequestHeader } from "./parameters";

/** A body that is no JSON. */
export type Media = { type: string; description: string; example: string };

export type DescribedAnswer = {
  status: number;
  description: string;
  json?: Content;
  /** Beside the JSON, where the caller can choose; or instead of it. */
  media?: Media;
  headers?: readonly AnswerHeader[];
};

/** An operation, as both the OpenAPI document and the docs page tell of it. */
export type DescribedOperation = Pick<
  Operation,
  "id" | "tag" | "method" | "path" | "summary" | "scope" | "query" | "upgrade" | "raw"
> & {
  description?: string;
  /** Of the path, in their order. */
  parameters: readonly (Parameter & { name: string })[];
  headers?: readonly RequestHeader[];
  /** An empty body counts as `{}`; `required` where that is refused. */
  body?: Content & { required: boolean };
  /** A file of the site: the platform answers with it, and the worker is not asked. */
  isFile?: true;
  answer: DescribedAnswer;
  /** Where there was nothing to do: what was asked for is there. */
  otherwise?: DescribedAnswer;
  errors?: readonly ErrorCode[];
  errorForm: ErrorForm;
  example?: Record<string, string>;
};

/** A description whose operation is not known by type. */
type AnyDescription = {
  description?: string;
  headers?: readonly RequestHeader[];
  answer: AnyAnswer;
  otherwise?: AnyAnswer;
  errors?: readonly ErrorCode[];
  example?: Record<string, string>;
  body?: unknown;
  media?: { description: string; example: string };
};
type AnyAnswer = { description: string; json?: Content; headers?: readonly AnswerHeader[] };

type Words = { parameters: Record<string, ParameterText>; errors: ErrorForm };

type FaceWords = Words & { groups: Record<string, Record<string, AnyDescription>> };

/** Every operation of some faces; `words` has the `FaceDescription` of each. */
export function describeFaces(
  faces: Record<string, Face>,
  words: Record<string, FaceWords>,
): DescribedOperation[] {
  return Object.entries(faces).flatMap(([name, { groups }]) => {
    const own = words[name];
    return Object.entries(groups).flatMap(([group, operations]) =>
      own ? describeGroup(operations, own.groups[group] ?? {}, own) : [],
    );
  });
}

/** Every operation of a group; `descriptions` are its `Descriptions`. */
export function describeGroup(
  group: Group,
  descriptions: Record<string, AnyDescription>,
  words: Words,
): DescribedOperation[] {
  return Object.entries(group).flatMap(([name, operation]) => {
    const description = descriptions[name];
    return description ? [describe(operation, description, words)] : [];
  });
}

function describe(
  operation: Operation,
  description: AnyDescription,
  { parameters, errors: errorForm }: Words,
): DescribedOperation {
  const {
    path,
    params = {},
    body: schema,
    status,
    otherwise: other,
    media: type,
    ...own
  } = operation;
  const { body: example, answer, otherwise, media, ...texts } = description;
  const required = schema !== undefined && !schema.safeParse({}).success;
  return {
    ...own,
    path: path.replaceAll("{+", "{"),
    ...texts,
    parameters: Object.entries(params).flatMap(([name, schema]) => {
      const text = parameters[name];
      return text ? [{ name, schema, ...text }] : [];
    }),
    errorForm,
    answer: { ...answer, status, ...(type && media && { media: { type, ...media } }) },
    ...(schema && { body: { schema, example, required } }),
    ...(other && otherwise && { otherwise: { ...otherwise, status: other } }),
  };
}

const SIGNED_IN = ["unauthorized", "rate_limited", "auth_not_configured"] as const;

/** Every code that an operation can answer. */
export function errorsOf(operation: DescribedOperation): ErrorCode[] {
  const { scope, parameters, query, headers, body, raw, isFile, errors = [] } = operation;
  if (isFile) return [];
  return [
    ...new Set<ErrorCode>([
      ...(query || headers || body ? (["invalid_request"] as const) : []),
      ...(scope === "open" ? [] : SIGNED_IN),
      ...(scope === "write" || scope === "admin" ? (["forbidden"] as const) : []),
      ...(parameters.length > 0 ? (["not_found"] as const) : []),
      ...(body || raw ? (["payload_too_large"] as const) : []),
      ...errors,
      "unavailable",
      "internal",
    ]),
  ];
}
