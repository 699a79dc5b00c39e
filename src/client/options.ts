import type { RoomState } from "../protocol/room-state";

/** A token, or where to get one: asked again for every handshake and every request. */
export type TokenSource = string | (() => string | Promise<string>);

/** The part of `fetch` that the client uses. */
export type FetchLike = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string | Blob;
    signal?: AbortSignal;
  },
) => Promise<{
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  /** For `files.fetch` alone. */
  blob?(): Promise<Blob>;
}>;

/** The part of a WebSocket that the client uses. */
export type SocketLike = {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { code: number; reason: string }) => void,
  ): void;
};

export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

export type ClientOptions = {
  /**
   * The server's address, as `https://taskroom.example`; with a path where a proxy serves it below one.
   * On a page `/` is the page's own.
   */
  url: string;
  token: TokenSource;
  /** Default: the global one. */
  fetch?: FetchLike;
  /** Default: the global one. */
  WebSocket?: SocketConstructor;
  /** From 0 to 1, for the jitter of reconnections. Default: `Math.random`. */
  random?: () => number;
  timing?: Partial<Timing>;
};

/** All in milliseconds. */
export type Timing = {
  /** The first wait before a reconnection is at most this, each further one at most twice as long. */
  backoffMs: number;
  maxBackoffMs: number;
  /** How long a connection must have stood for the backoff to begin anew. */
  stableMs: number;
  /** How often a connection is asked whether it still lives. */
  pingMs: number;
  /** How long the answer to that may take before the connection counts as dead; twice as long after each silence. */
  pongMs: number;
  /** How long a handshake may take, up to `session:ready`; twice as long after each silence. */
  handshakeMs: number;
  /** How long a request may take, and the token function before it; more for what a slow line needs for a file. */
  requestMs: number;
};

/** Where a recovery token outlives the page, such as `sessionStorage`. */
export type RecoveryStore = {
  get(): string | null | undefined;
  set(token: string): void;
};

export type ConnectOptions = {
  /** Go on from a state that was kept; without it the room's snapshot comes first. */
  state?: RoomState;
  /** Hear the task from its beginning instead of its snapshot. */
  replay?: boolean;
  recovery?: RecoveryStore;
  /** Messages that may wait for their acknowledgement. Default: 100. */
  maxUnsent?: number;
};
