import type { RpcError } from "./rpc-message";

export type FaultKind =
  | "unreachable"
  | "late"
  | "status"
  | "sign-in"
  | "session-lost"
  | "no-result"
  | "too-large"
  | "version"
  | "reported";

type About = {
  status?: number | undefined;
  error?: RpcError | undefined;
  /** It came with words about sessions. */
  namesSession?: boolean;
};

/**
 * Why a tool's server gave no result. The message is ours, safe to show, and goes on after the server's
 * name: "answers with HTTP 503".
 */
export class McpFault extends Error {
  readonly kind: FaultKind;
  /** Of HTTP. */
  readonly status: number | undefined;
  /** The server's own word on the request. */
  readonly error: RpcError | undefined;
  readonly namesSession: boolean;

  constructor(kind: FaultKind, message: string, { status, error, namesSession }: About = {}) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.error = error;
    this.namesSession = namesSession ?? /\bsession\b/i.test(error?.message ?? "");
  }
}

export const unreachable = () => new McpFault("unreachable", "cannot be reached");
export const late = () => new McpFault("late", "does not answer in time");
export const tooLarge = () => new McpFault("too-large", "sends an answer that is too large");
