import { ERRORS, type ErrorCode } from "../protocol/errors";
import type { Content, ErrorForm } from "./description";
import { components, type JsonSchema, queryParameters, reachable, schemaOf } from "./json-schema";
import { type DescribedOperation, errorsOf, type Media } from "./operation";
import { OPERATIONS } from "./operations";
import {
  ANSWER_HEADERS,
  type AnswerHeader,
  type Parameter,
  queryMeaning,
  REQUEST_HEADERS,
  REQUEST_ID,
} from "./parameters";
import { whenOf } from "./problems";

export type OpenApiParameter = {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description: string;
  schema: JsonSchema;
  example?: string | number | string[];
};
type MediaType = { schema?: JsonSchema; example?: unknown };
export type OpenApiResponse = {
  description: string;
  headers?: Record<string, { $ref: string }>;
  content?: Record<string, MediaType>;
};
export type OpenApiOperation = {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security?: Record<string, never[]>[];
  parameters: (OpenApiParameter | { $ref: string })[];
  requestBody?: { required: boolean; content: Record<string, MediaType> };
  responses: Record<string, OpenApiResponse | { $ref: string }>;
  /** What the credential must allow. */
  "x-scope": string;
};
export type OpenApi = ReturnType<typeof openApi>;

/** The OpenAPI 3.1 document of the REST API. */
export function openApi(operations = OPERATIONS) {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const operation of operations) {
    const { path, method } = operation;
    paths[path] = { ...paths[path], [method]: describe(operation) };
  }
  const groups = operations.flatMap((operation) => refusals(operation));
  const responses = Object.fromEntries(groups.map((group) => [nameOf(group), refused(group)]));
  const document = {
    openapi: "3.1.1",
    info: {
      title: "Taskroom",
      version: "1",
      summary: "A live room for every AI task.",
      description:
        "REST for tasks and what belongs to them. What is said in a task's room is in " +
        "`/asyncapi.json`. Ids sort by time; times are RFC 3339 UTC with milliseconds; durations " +
        "are milliseconds. Ignore members that you do not know.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "Where this document came from." }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    security: [{ bearer: [] }],
    paths,
  };
  const all = components("draft-2020-12");
  return {
    ...document,
    components: {
      securitySchemes: { bearer: BEARER },
      headers: answerHeaders(),
      parameters: { "X-Request-Id": parameter("X-Request-Id", "header", REQUEST_ID) },
      responses,
      schemas: reachable({ document, responses }, all),
    },
  };
}

const BEARER = {
  type: "http",
  scheme: "bearer",
  description: "A JWT, or an API key (`trk_…`). Scopes: `read`, `write`, `admin`.",
};

function describe(operation: DescribedOperation): OpenApiOperation {
  const { id, tag, summary, description, scope, body, raw, isFile } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(scope === "open" && { security: [] }),
    parameters: [
      ...parametersOf(operation),
      ...(isFile ? [] : [{ $ref: "#/components/parameters/X-Request-Id" }]),
    ],
    ...(body && {
      requestBody: { required: body.required, content: { "application/json": media(body) } },
    }),
    // Bytes, of whatever type: such a body has no schema.
    ...(raw && { requestBody: { required: true, content: { "*/*": {} } } }),
    responses: responsesOf(operation),
    "x-scope": scope,
  };
}

export function parametersOf(operation: DescribedOperation): OpenApiParameter[] {
  const { parameters, query, headers = [], example = {} } = operation;
  return [
    ...parameters.map((item) => parameter(item.name, "path", item, true)),
    ...(query ? queryParameters(query) : []).map(
      ({ name, required, schema }): OpenApiParameter => ({
        name,
        in: "query",
        required,
        description: queryMeaning(operation.id, name),
        schema,
        ...(example[name] !== undefined && { example: exampleOf(schema, example[name]) }),
      }),
    ),
    ...headers.map((name) => parameter(name, "header", REQUEST_HEADERS[name])),
  ];
}

function exampleOf({ type }: JsonSchema, text: string): string | number | string[] {
  if (type === "integer") return Number(text);
  return type === "array" ? [text] : text;
}

function parameter(
  name: string,
  place: OpenApiParameter["in"],
  { schema, description, example }: Parameter,
  required = false,
): OpenApiParameter {
  return { name, in: place, required, description, schema: schemaOf(schema), example };
}

function responsesOf(operation: DescribedOperation): OpenApiOperation["responses"] {
  const { answer, otherwise, isFile } = operation;
  const successes = [answer, ...(otherwise ? [otherwise] : [])].map((one) => [
    String(one.status),
    success(one, isFile === true),
  ]);
  const refusing = refusals(operation).map((group) => [
    String(ERRORS[group.codes[0]].status),
    { $ref: `#/components/responses/${nameOf(group)}` },
  ]);
  return { ...Object.fromEntries(successes), ...Object.fromEntries(refusing) };
}

function success(
  { description, json, media: other, headers = [] }: DescribedOperation["answer"],
  isFile: boolean,
): OpenApiResponse {
  const content = {
    ...(json && { "application/json": media(json) }),
    ...(other && { [other.type]: textual(other) }),
  };
  return {
    description,
    headers: headerReferences(isFile ? headers : ["X-Request-Id", ...headers]),
    ...((json || other) && { content }),
  };
}

function media({ schema, example }: Content): MediaType {
  return { schema: schemaOf(schema), example };
}

function textual({ description, example, type }: Media): MediaType {
  return type === "application/json"
    ? { schema: { type: "object", description } }
    : { schema: { type: "string", description }, example };
}

/** Codes of one status, in the form of one face. */
type Refusals = { form: ErrorForm; codes: readonly [ErrorCode, ...ErrorCode[]] };

function refusals(operation: DescribedOperation): Refusals[] {
  const groups = Object.groupBy(errorsOf(operation), (code) => ERRORS[code].status);
  return Object.values(groups).flatMap((codes = []): Refusals[] => {
    const [one, ...others] = codes.toSorted();
    return one === undefined ? [] : [{ form: operation.errorForm, codes: [one, ...others] }];
  });
}

function nameOf({ form, codes }: Refusals): string {
  return `${form.prefix}${codes.join("-or-")}`;
}

function refused({ form, codes }: Refusals): OpenApiResponse {
  const names = codes.map((code) => `\`${code}\`: ${whenOf(code)}`);
  const waits = codes.some((code) => ["unavailable", "rate_limited"].includes(code));
  return {
    description: names.join(" "),
    headers: headerReferences([
      "X-Request-Id",
      ...(waits ? (["Retry-After"] as const) : []),
      ...(codes.includes("unauthorized") ? (["WWW-Authenticate"] as const) : []),
    ]),
    content: { [form.type]: form.content(codes) },
  };
}

function headerReferences(headers: readonly AnswerHeader[]): Record<string, { $ref: string }> {
  return Object.fromEntries(
    headers.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
}

function answerHeaders() {
  return Object.fromEntries(
    Object.entries(ANSWER_HEADERS).map(([name, { schema, description, example }]) => [
      name,
      { description, schema: schemaOf(schema), example: name === "Retry-After" ? 2 : example },
    ]),
  );
}
