import type { RpcId } from "../../operations/a2a/envelope";
import type { ErrorCode } from "../../protocol/errors";
import { NotJson } from "../../worker/body";
import type { AppContext } from "../../worker/context";
import { headOf, type RefusedRequest } from "../../worker/problem";
import { FAULTS, Fault, type FaultName } from "./fault";

/** JSON-RPC's range for what a server defines itself. */
const SERVER_ERROR = -32000;
const TYPES = "type.googleapis.com/google.rpc";

/** Requests whose envelope has been read, with their ids. */
const read = new WeakMap<Request, RpcId>();

/** From here on refusals are answers to this request. */
export function answersTo(c: AppContext, id: RpcId): void {
  read.set(c.req.raw, id);
}

/** Every refusal as a JSON-RPC error; what the protocol has no error for keeps its HTTP status too. */
export function errorsAs(refused: RefusedRequest, c: AppContext): Response {
  const id = read.get(c.req.raw);
  const { status, headers } = headOf(refused);
  const fault = faultOf(refused, id !== undefined);
  const code = fault ? FAULTS[fault].code : SERVER_ERROR;
  const error = { code, message: wordsOf(refused), data: dataOf(refused, fault) };
  const isAnswer = id !== undefined && fault !== undefined && fault !== "internal";
  const body = { jsonrpc: "2.0", id: id ?? null, error };
  return Response.json(body, { status: isAnswer ? 200 : status, headers });
}

/** What the service's own refusals of a method are in the protocol. */
const OF_METHODS: Partial<Record<ErrorCode, FaultName>> = {
  not_found: "taskNotFound",
  invalid_request: "params",
  conflict: "params",
  invalid_transition: "unsupported",
  task_cancelled: "unsupported",
  turn_active: "unsupported",
  queue_full: "unsupported",
  internal: "internal",
};
/** And of a request that has not come so far. */
const OF_REQUESTS: Partial<Record<ErrorCode, FaultName>> = {
  not_found: "request",
  invalid_request: "request",
  payload_too_large: "request",
  internal: "internal",
};

function faultOf(refused: RefusedRequest, isRead: boolean): FaultName | undefined {
  if (refused instanceof Fault) return refused.fault;
  if (refused instanceof NotJson) return "parse";
  return (isRead ? OF_METHODS : OF_REQUESTS)[refused.refusal.code];
}

function wordsOf({ refusal: { message, issues = [] } }: RefusedRequest): string {
  const fields = issues.map((issue) => (issue.path ? `${issue.path}: ` : "") + issue.message);
  return fields.length > 0 ? `${message}: ${fields.join("; ")}` : message;
}

/** As the protocol has it: `google.rpc.ErrorInfo`, and which fields are wrong. */
function dataOf({ refusal }: RefusedRequest, fault: FaultName | undefined): object[] {
  const { code, issues = [] } = refusal;
  const fieldViolations = issues
    .filter(({ path }) => path !== "")
    .map(({ path, message }) => ({ field: path, description: message }));
  const info = {
    "@type": `${TYPES}.ErrorInfo`,
    reason: fault ? FAULTS[fault].reason : code.toUpperCase(),
    domain: fault ? "a2a-protocol.org" : "taskroom",
    metadata: { code },
  };
  if (fieldViolations.length === 0) return [info];
  return [info, { "@type": `${TYPES}.BadRequest`, fieldViolations }];
}
