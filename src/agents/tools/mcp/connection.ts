import type { Fields } from "../../model/wire/json";
import type { Hearing } from "./answer";

export type Request = {
  method: string;
  params: Fields;
  /** Headers that the request's own values stand in. */
  headers?: Record<string, string>;
  /** The request is not made again and may have an effect: a server is told when nobody waits any more. */
  isCall?: boolean;
  signal: AbortSignal;
  hearing?: Hearing;
};

/** A server whose revision of the protocol is known. */
export type Connection = {
  /** Whether requests are complete in themselves, without a session. */
  readonly isStateless: boolean;
  /** Gives the result. Throws `McpFault`; where `signal` is aborted, what it was aborted with. */
  request(request: Request): Promise<unknown>;
  /** Never rejects; nobody need wait for it. */
  close(): Promise<void>;
};
