import type { FailureReason } from "../../protocol/errors";
import type { StepFailure } from "../../resources/step";
import { failure } from "../failure";
import { agentFailureOf, agentFailureOfStatus } from "../remote/agent-failure";
import { shownWords } from "./wire/read";

/** JSON-RPC's own codes, and those of A2A (its section 5.4) that mean something for what is done next. */
const INTERNAL = -32603;
const TASK_NOT_FOUND = -32001;
const UNSUPPORTED = -32004;
/** What JSON-RPC leaves to servers; A2A names those from -32001 on. */
const SERVER_ERRORS = { least: -32099, most: -32010 } as const;
const SERVER_ERROR = -32000;

/** The agent has refused a call, by a JSON-RPC error. */
export class AgentRefused extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }

  get isNoTask(): boolean {
    return this.code === TASK_NOT_FOUND;
  }

  /** It does not do that, or not any more: the task is over. */
  get isUnsupported(): boolean {
    return this.code === UNSUPPORTED;
  }
}

/** The agent has answered with a status that is no success. */
export class AgentStatus extends Error {
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, retryAfterMs?: number) {
    super(`HTTP ${status}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The agent sent no byte for as long as it may. */
export class AgentSilent extends Error {
  readonly ms: number;

  constructor(ms: number) {
    super(`silent for ${ms} ms`);
    this.ms = ms;
  }
}

/** The agent's card, or its address, is of no use. */
export class Unusable extends Error {}

/** Whatever went wrong; `answering` once anything of an answer has come. */
export function failureOf(error: unknown, answering: boolean): StepFailure {
  if (error instanceof Unusable) return failure("agent_rejected", error.message);
  if (error instanceof AgentRefused) return ofRefusal(error);
  if (error instanceof AgentStatus) return ofStatus(error);
  if (error instanceof AgentSilent) {
    return failure("agent_timeout", `The agent has sent nothing for ${error.ms} ms.`);
  }
  return agentFailureOf(error, answering);
}

function ofRefusal({ code, message }: AgentRefused): StepFailure {
  const said = shownWords(message);
  const words = said === "" ? "" : `: ${said}`;
  if (isPassing(code))
    return failure("agent_unavailable", `The agent has failed (${code})${words}`);
  return failure("agent_rejected", `The agent rejects the request (${code})${words}`);
}

function isPassing(code: number): boolean {
  const { least, most } = SERVER_ERRORS;
  return code === INTERNAL || code === SERVER_ERROR || (code >= least && code <= most);
}

const REASONS: Partial<Record<number, FailureReason>> = {
  401: "bad_credentials",
  403: "bad_credentials",
  429: "rate_limited",
};

function ofStatus({ status, retryAfterMs }: AgentStatus): StepFailure {
  const reason = REASONS[status];
  return {
    ...agentFailureOfStatus(status, retryAfterMs),
    httpStatus: status,
    ...(reason && { reason }),
  };
}

/** Whether the same may be tried again on another connection. */
export function mayPass(error: unknown): boolean {
  return failureOf(error, true).retryable;
}
