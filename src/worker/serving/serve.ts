import type { MiddlewareHandler } from "hono";
import type { Operation } from "../../operations/operation";
import { LIMITS } from "../../protocol/limits";
import { readBody } from "../body";
import type { AppContext, AppEnv } from "../context";
import { authentication } from "../middleware/authentication";
import { creationLimit } from "../middleware/creation-limit";
import { rateLimit } from "../middleware/rate-limit";
import { sameOrigin } from "../middleware/same-origin";
import { scoped } from "../middleware/scope";
import { upgradeOnly } from "../middleware/upgrade-only";
import { readId } from "../path-id";
import { readQuery } from "../query";
import { type Address, Answer, type Asked, type Handler } from "./handler";

/** An operation with what answers it, in the order in which a request passes. */
export type Served = { operation: Operation; handlers: MiddlewareHandler<AppEnv>[] };

/**
 * Serves an operation as the table has it: lets past who may ask, reads path, query and body through
 * the schemas, and answers in JSON with the operation's status.
 */
export function serve<O extends Operation>(operation: O, handler: Handler<O>): Served {
  const { before = undefined, work } = typeof handler === "function" ? { work: handler } : handler;
  const last = async (c: AppContext): Promise<Response> => {
    const address = addressOf(c, operation);
    before?.(address);
    return answered(operation, await work(await askedAt(address, operation)));
  };
  return { operation, handlers: [...guards(operation), last] };
}

function guards({ scope, limit, upgrade, sameOrigin: own }: Operation) {
  return [
    ...(scope === "open" ? [] : [authentication, rateLimit, scoped(scope)]),
    ...(limit ? [creationLimit(limit)] : []),
    ...(upgrade ? [upgradeOnly] : []),
    ...(own ? [sameOrigin] : []),
  ];
}

function addressOf<O extends Operation>(c: AppContext, { params = {}, scope }: O): Address<O> {
  const values = Object.entries(params).map(([name, schema]) => [
    name,
    readId(schema, c.req.param(name)),
  ]);
  const principal = scope === "open" ? undefined : c.var.principal;
  // The schemas have made what the types say, which the compiler can't follow through the table.
  const address: unknown = { c, principal, params: Object.fromEntries(values) };
  return address as Address<O>;
}

async function askedAt<O extends Operation>(address: Address<O>, operation: O): Promise<Asked<O>> {
  const { raw } = address.c.req;
  const { query, body, bodyBytes: bytes = LIMITS.bodyBytes, largeField, besideTexts } = operation;
  // As in `addressOf`.
  const asked: unknown = {
    ...address,
    query: query && readQuery(raw, query),
    body: body && (await readBody(raw, body, { bytes, largeField, besideTexts })),
  };
  return asked as Asked<O>;
}

function answered({ status, otherwise = status }: Operation, given: object | undefined): Response {
  if (given instanceof Response) return given;
  if (given === undefined) return new Response(null, { status });
  if (!(given instanceof Answer)) return Response.json(given, { status });
  const { value, headers } = given;
  return Response.json(value, { status: given.otherwise ? otherwise : status, headers });
}
