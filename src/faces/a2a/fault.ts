import { type ErrorCode, refuse } from "../../protocol/errors";
import type { Issue } from "../../protocol/issues";
import { RefusedRequest } from "../../worker/problem";

type Kind = { code: number; reason: string; as: ErrorCode };

/** JSON-RPC 2.0, section 5.1, and A2A 1.0's own (its section 5.4), with the service's code for each. */
export const FAULTS = {
  parse: { code: -32700, reason: "PARSE_ERROR", as: "invalid_request" },
  request: { code: -32600, reason: "INVALID_REQUEST", as: "invalid_request" },
  method: { code: -32601, reason: "METHOD_NOT_FOUND", as: "invalid_request" },
  params: { code: -32602, reason: "INVALID_PARAMS", as: "invalid_request" },
  internal: { code: -32603, reason: "INTERNAL_ERROR", as: "internal" },
  taskNotFound: { code: -32001, reason: "TASK_NOT_FOUND", as: "not_found" },
  notCancelable: { code: -32002, reason: "TASK_NOT_CANCELABLE", as: "invalid_transition" },
  unsupported: { code: -32004, reason: "UNSUPPORTED_OPERATION", as: "invalid_transition" },
  contentType: { code: -32005, reason: "CONTENT_TYPE_NOT_SUPPORTED", as: "invalid_request" },
  noExtendedCard: {
    code: -32007,
    reason: "EXTENDED_AGENT_CARD_NOT_CONFIGURED",
    as: "invalid_request",
  },
  version: { code: -32009, reason: "VERSION_NOT_SUPPORTED", as: "invalid_request" },
} as const satisfies Record<string, Kind>;
export type FaultName = keyof typeof FAULTS;

/** A refusal that the protocol has an error of its own for. */
export class Fault extends RefusedRequest {
  readonly fault: FaultName;

  constructor(fault: FaultName, message: string, issues: Issue[] = []) {
    const details = issues.length > 0 ? { issues } : {};
    super(refuse(FAULTS[fault].as, message, details));
    this.fault = fault;
  }
}

/** Params that are not what the method takes, by the field. */
export function notValid(path: string, message: string): Fault {
  return new Fault("params", "The params are not valid", [{ path, message }]);
}

export function noSuchTask(): Fault {
  return new Fault("taskNotFound", "There is no such task");
}
