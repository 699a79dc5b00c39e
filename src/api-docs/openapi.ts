import { ERRORS, type ErrorCode } from "../protocol/errors";
import { components, type JsonSchema, queryParameters, reachable, schemaOf } from "./json-schema";
import { MODELS } from "./models";
import { type Content, errorsOf, type Media, type Operation, pathParameters } from "./operation";
import { OPERATIONS } from "./operations";
import {
  ANSWER_HEADERS,
  type AnswerHeader,
  PATH_PARAMETERS,
  type Parameter,
  queryMeaning,
  REQUEST_HEADERS,
  REQUEST_ID,
} from "./parameters";
import { exampleProblem, whenOf } from "./problems";

export type OpenApiParameter = {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description: string;
  schema: JsonSchema;
  example?: string | number | string[];
};
type MediaType = { schema: JsonSchema; example?: unknown };
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
export function openApi() {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const operation of OPERATIONS) {
    const { path, method } = operation;
    paths[path] = { ...paths[path], [method]: describe(operation) };
  }
  const groups = OPERATIONS.flatMap((operation) => problemGroups(operation));
  const responses = Object.fromEntries(groups.map((codes) => [groupName(codes), problems(codes)]));
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
    tags: [...new Set(OPERATIONS.map(({ tag }) => tag))].map((name) => ({ name })),
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

function describe(operation: Operation): OpenApiOperation {
  const { id, tag, summary, description, scope, body, isFile } = operation;
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
    responses: responsesOf(operation),
    "x-scope": scope,
  };
}

export function parametersOf(operation: Operation): OpenApiParameter[] {
  const { query, headers = [], example = {} } = operation;
  return [
    ...pathParameters(operation).map((name) =>
      parameter(name, "path", PATH_PARAMETERS[name], true),
    ),
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

function responsesOf(operation: Operation): OpenApiOperation["responses"] {
  const { answer, otherwise, isFile } = operation;
  const successes = [answer, ...(otherwise ? [otherwise] : [])].map((one) => [
    String(one.status),
    success(one, isFile === true),
  ]);
  const refused = problemGroups(operation).map((codes) => [
    String(ERRORS[first(codes)].status),
    { $ref: `#/components/responses/${groupName(codes)}` },
  ]);
  return { ...Object.fromEntries(successes), ...Object.fromEntries(refused) };
}

function success(
  { description, json, media: other, headers = [] }: Operation["answer"],
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

type Codes = [ErrorCode, ...ErrorCode[]];

/** The codes of an operation, those of one status together. */
function problemGroups(operation: Operation): Codes[] {
  const groups = Object.groupBy(errorsOf(operation), (code) => ERRORS[code].status);
  return Object.values(groups).flatMap((codes = []) => {
    const [one, ...others] = codes.toSorted();
    return one === undefined ? [] : [[one, ...others] satisfies Codes];
  });
}

function first([code]: Codes): ErrorCode {
  return code;
}

function groupName(codes: Codes): string {
  return codes.join("-or-");
}

function problems(codes: Codes): OpenApiResponse {
  const names = codes.map((code) => `\`${code}\`: ${whenOf(code)}`);
  const waits = codes.some((code) => ["unavailable", "rate_limited"].includes(code));
  return {
    description: names.join(" "),
    headers: headerReferences([
      "X-Request-Id",
      ...(waits ? (["Retry-After"] as const) : []),
      ...(codes.includes("unauthorized") ? (["WWW-Authenticate"] as const) : []),
    ]),
    content: {
      "application/problem+json": {
        schema: {
          allOf: [
            schemaOf(MODELS.Problem),
            { type: "object", properties: { code: { enum: codes } } },
          ],
        },
        example: exampleProblem(first(codes)),
      },
    },
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
