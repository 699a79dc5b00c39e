import type { ClientOptions, SocketConstructor, Timing } from "../options";
import { type BlobRequest, blobRequester, type Request, requester } from "./request";

/** What every connection of a client shares. */
export type Context = {
  /** The server's origin. */
  url: string;
  token: () => Promise<string>;
  request: Request;
  /** What is fetched and is no JSON. */
  fetchBlob: BlobRequest;
  WebSocket: SocketConstructor;
  random: () => number;
  timing: Timing;
};

export const TIMING: Timing = {
  backoffMs: 500,
  maxBackoffMs: 30_000,
  stableMs: 5_000,
  pingMs: 25_000,
  pongMs: 10_000,
  handshakeMs: 15_000,
  requestMs: 30_000,
};

export function contextOf(options: ClientOptions): Context {
  const url = new URL(options.url).origin;
  const token = async () =>
    typeof options.token === "string" ? options.token : await options.token();
  const timing = { ...TIMING, ...options.timing };
  const parts = {
    url,
    token,
    timeoutMs: timing.requestMs,
    fetch: options.fetch ?? ((address, init) => globalThis.fetch(address, init)),
  } satisfies Parameters<typeof requester>[0];
  return {
    url,
    token,
    timing,
    random: options.random ?? Math.random,
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
    request: requester(parts),
    fetchBlob: blobRequester(parts),
  };
}
